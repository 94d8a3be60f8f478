"""The commands that are not made from a record type, one module each.

Each module has ``register(app, run)``, which adds its command or its group of commands to the application.
"""
