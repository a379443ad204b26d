internal import CLinuxShims
internal import Glibc

/// What something in a file system is.
enum FileType: Sendable, Hashable {
    case directory, file, link
    /// A device node, a socket, a fifo: never opened.
    case special

    /// By the bits of `st_mode`.
    init(mode: UInt32) {
        switch mode & 0o170000 {
        case 0o040000: self = .directory
        case 0o100000: self = .file
        case 0o120000: self = .link
        default: self = .special
        }
    }

    /// By the byte of a directory's entry; nil where the file system does not say.
    init?(directoryEntry type: UInt8) {
        switch type {
        case 0: return nil
        case 4: self = .directory
        case 8: self = .file
        case 10: self = .link
        default: self = .special
        }
    }
}

/// What stat(2) says.
struct FileStatus: Sendable {
    let type: FileType
    /// Permission bits, with set-id and sticky: `0o4755`.
    let mode: UInt16
    /// Bytes, as the file system has it; pseudo-files say 0, or 4096.
    let size: UInt64
    /// Which file it is: the number of its file system, and its own.
    let identity: Identity
    /// How many names it has.
    let links: UInt64

    struct Identity: Sendable, Hashable {
        let device: UInt64
        let inode: UInt64
    }

    init(_ status: stat) {
        type = FileType(mode: UInt32(status.st_mode))
        mode = UInt16(UInt32(status.st_mode) & 0o7777)
        size = UInt64(max(status.st_size, 0))
        identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        links = UInt64(status.st_nlink)
    }
}

/// What kind of file system a file is on, as far as it matters how the file is read (include/uapi/linux/magic.h).
enum FileSystemKind: Sendable, Equatable {
    case proc
    case tracefs
    /// Another whose files are made when they are read: their lengths say nothing.
    case pseudo
    /// One that keeps bytes.
    case stored

    init(magic: Int) {
        switch magic {
        case 0x9FA0: self = .proc
        case 0x7472_6163: self = .tracefs
        // sysfs, debugfs, cgroup, cgroup2, configfs, securityfs, BPF, efivarfs, SELinux, Smack, pstore, binfmt_misc,
        // nsfs, fusectl, resctrl, xenfs
        case 0x6265_6572, 0x6462_6720, 0x0027_E0EB, 0x6367_7270, 0x6265_6570, 0x7363_6673, 0xCAFE_4A11, 0xDE5E_81E4,
            0xF97C_FF8C, 0x4341_5D53, 0x6165_676C, 0x4249_4E4D, 0x6E73_6673, 0x6573_5543, 0x0765_5821, 0xABBA_1974:
            self = .pseudo
        default: self = .stored
        }
    }
}
