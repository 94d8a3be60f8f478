"""What this plugin says, in English and Chinese; ``custledger.chinese`` tells how parts in braces are read."""

SENTENCES = (
    # where a ledger can be
    ("A SQLite ledger needs the path of its file.", "SQLite 台账要有文件路径。"),
    ("Write sqlite:ledger.db", "请写 sqlite:ledger.db"),
    ("Give the path of a file.", "请给出文件的路径。"),
    (
        "Looked in {folder}. Make one with “custledger init”.",
        "找过的文件夹：{folder}。用“custledger init”可以新建一本。",
    ),
    ("{folder} may not be written, so no ledger can be made there.", "{folder} 不能写入，无法在那里新建台账。"),
    ("Choose another folder.", "请换一个文件夹。"),
    ("Choose another place, or make room.", "请换个地方，或腾出空间。"),
    (
        "{path} lies on a network file system ({network:word}), where programs cannot share a ledger safely.",
        "{path} 在网络文件系统（{network}）上，几个程序在那里无法安全地共用台账。",
    ),
    (
        "Keep the ledger on a disk of this computer, or use a database server.",
        "请把台账放在本机磁盘上，或使用数据库服务器。",
    ),
    (
        "{path} lies where SQLite cannot keep a log beside it (its mode stays {mode:word}).",
        "{path} 所在的位置不能在旁边存放 SQLite 的日志（模式仍为 {mode}）。",
    ),
    ("Keep the ledger in an ordinary folder of this computer.", "请把台账放在本机的普通文件夹里。"),
    # whose file it is
    ("{path} is not a SQLite database.", "{path} 不是 SQLite 数据库。"),
    ("{path} is a SQLite database, but not a ledger.", "{path} 是 SQLite 数据库，但不是台账。"),
    ("Give the path of a custledger file.", "请给出 custledger 文件的路径。"),
    ("Give the path of a ledger, or a path where there is no file yet.", "请给出台账的路径，或还没有文件的路径。"),
    (
        "{path} was written by a newer custledger (layout {found:n}, this one knows {known:n}).",
        "{path} 由更新版本的 custledger 写成（格式 {found}，本程序只认识到 {known}）。",
    ),
    (
        "Upgrade: pip install --upgrade custledger custledger-sqlite",
        "请升级：pip install --upgrade custledger custledger-sqlite",
    ),
    (
        "{path} could not be brought to layout {layout:n}: {error:said}. It is as it was.",
        "{path} 无法升级到格式 {layout}：{error}。文件保持原样。",
    ),
    (
        "Go on with the custledger that wrote it, and please report this.",
        "请继续使用写它的那个 custledger，并报告这个问题。",
    ),
    (
        "{path} is of an older layout and may not be written, so it cannot be upgraded.",
        "{path} 是旧格式，又不能写入，所以无法升级。",
    ),
    (
        "Make the file writable and open it once, or read it with the custledger that wrote it.",
        "请让文件可写并打开一次，或用写它的那个 custledger 读取。",
    ),
    # what fails under way
    ("{path} is being written by another program.", "{path} 正在被另一个程序写入。"),
    ("Wait until it is done, then try again.", "请等它写完再试。"),
    ("Wait until it is done.", "请等它写完。"),
    ("{path}: the disk is full.", "{path}：磁盘已满。"),
    ("Nothing was changed. Make room on the disk, then try again.", "没有改动任何内容。请腾出磁盘空间再试。"),
    ("{path}: the disk could not be read or written ({error:said}).", "{path}：磁盘读写失败（{error}）。"),
    ("Check the disk and its connection, then try again.", "请检查磁盘及其连接，然后再试。"),
    ("Check the disk and its connection.", "请检查磁盘及其连接。"),
    ("{path} may not be written.", "{path} 不能写入。"),
    (
        "{path} may not be written, which belongs to the ledger: {error:errno}.",
        "{path} 属于台账，却不能写入：{error}。",
    ),
    (
        "Have its owner make it writable: chmod u+w,g+w {file}. Do not delete it.",
        "请让它的所有者把它改成可写：chmod u+w,g+w {file}。不要删除它。",
    ),
    (
        "Set the rights of the file, of its folder and of the files beside it (-wal, -shm) so that you may.",
        "请修改这个文件、它的文件夹和旁边的文件（-wal、-shm）的权限。",
    ),
    ("{path} cannot be opened.", "{path} 打不开。"),
    (
        "Check that the folder is there, and that you may read and write in it.",
        "请确认文件夹存在，而且可以在里面读写。",
    ),
    ("{path} is damaged ({error:said}).", "{path} 已损坏（{error}）。"),
    (
        "Restore the latest backup with “custledger restore”, and keep the damaged file.",
        "请用“custledger restore”恢复最近的备份，并保留损坏的文件。",
    ),
    ("{path}: a value is larger than SQLite can keep.", "{path}：有一个值大得 SQLite 存不下。"),
    ("Shorten it.", "请缩短它。"),
    ("{path}: SQLite failed: {error:said}.", "{path}：SQLite 出错：{error}。"),
    (
        "Nothing was changed. If it happens again, please report it with this message.",
        "没有改动任何内容。如果再次出现，请连同这条信息一起报告。",
    ),
    ("If it happens again, please report it with this message.", "如果再次出现，请连同这条信息一起报告。"),
    # backups
    ("{path} is a folder; a backup needs a file.", "{path} 是文件夹，而备份要写成文件。"),
    ("{path} is the ledger itself.", "{path} 就是台账本身。"),
    ("{path} is a database that is in use, or was not closed.", "{path} 是正在使用或没有关闭的数据库。"),
    (
        "{path} is not there, but files that belong to it are: {files:list}.",
        "{path} 不在，但属于它的文件还在：{files}。",
    ),
    (
        (
            "The latest changes may be in them. Move them to where it is now, under its new name, before it is opened; "
            "or give another name."
        ),
        "最近的改动可能就在里面。请在打开它之前，把这些文件移到它现在的位置，并改成它的新名称；或者换一个名称。",
    ),
    ("{path}: the backup is not a true copy: {why:why}.", "{path}：备份与原件不一致：{why}。"),
    ("Nothing was replaced. Check the disk, then try again.", "没有替换任何文件。请检查磁盘，然后再试。"),
    ("Nothing was replaced. Choose another place, or make room.", "没有替换任何文件。请换个地方，或腾出空间。"),
    ("it has not the same tables", "表不相同"),
    ("it is not marked as a ledger", "没有台账的标记"),
    ("the table {table:word} differs", "表 {table} 不一致"),
    ("the search index {name:word} is damaged", "搜索索引 {name} 已损坏"),
    (
        "a row of {table:word} refers to a row of {parent:word} that is not there",
        "{table} 的一行引用了 {parent} 里不存在的一行",
    ),
)
