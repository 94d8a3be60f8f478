"""Where rows live: the contract of a store, a small reference store in memory, and the families."""
