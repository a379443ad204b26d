/// Names that formats use and whose values only the kernel's headers have.
///
/// A `format` text should carry numbers (the kernel has `TRACE_DEFINE_ENUM` for that), and some do not. Here are those
/// of the catalogue of Linux 6.18 whose values are part of the user interface or have not moved for years. A name that
/// is not here is 0, and in a table its entry never matches: the number is shown.
enum PrintConstants {
    /// The value of a name.
    static func value(of name: String) -> UInt64? { values[name] }

    /// Where the bits of a union's member stand, for the one union that formats take apart.
    static func bits(of layout: String, _ member: String) -> (shift: Int32, width: UInt64)? {
        guard layout == "union kvm_mmu_page_role" else { return nil }
        return switch member {
        case "level": (0, 4)
        case "has_4_byte_gpte": (4, 1)
        case "quadrant": (5, 2)
        case "direct": (7, 1)
        case "access": (8, 3)
        case "invalid": (11, 1)
        case "efer_nx": (12, 1)
        case "cr0_wp": (13, 1)
        case "ad_disabled": (16, 1)
        case "guest_mode": (17, 1)
        default: nil
        }
    }

    private static let values: [String: UInt64] = {
        var table: [String: UInt64] = [
            "true": 1, "false": 0, "NULL": 0,
            // Where the x86-64 kernel maps its pages when addresses are not randomized.
            "vmemmap_base": 0xFFFF_EA00_0000_0000,
            "IOPRIO_CLASS_INVALID": 7,
        ]
        for (first, names) in enumerations {
            for (index, name) in names.split(separator: " ").enumerated() {
                table[String(name)] = first + UInt64(index)
            }
        }
        for (first, names) in masks {
            for (index, name) in names.split(separator: " ").enumerated() where name != "-" {
                table[String(name)] = 1 << (first + UInt64(index))
            }
        }
        return table
    }()

    /// Names that count up.
    private static let enumerations: [(UInt64, String)] = [
        (0, "IOPRIO_CLASS_NONE IOPRIO_CLASS_RT IOPRIO_CLASS_BE IOPRIO_CLASS_IDLE"),
        (
            1,
            """
            TCP_ESTABLISHED TCP_SYN_SENT TCP_SYN_RECV TCP_FIN_WAIT1 TCP_FIN_WAIT2 TCP_TIME_WAIT TCP_CLOSE \
            TCP_CLOSE_WAIT TCP_LAST_ACK TCP_LISTEN TCP_CLOSING TCP_NEW_SYN_RECV
            """
        ),
        (1, "BTRFS_ADD_DELAYED_REF BTRFS_DROP_DELAYED_REF BTRFS_ADD_DELAYED_EXTENT BTRFS_UPDATE_DELAYED_HEAD"),
        (1, "DEV_PM_QOS_RESUME_LATENCY"),
        (5, "DEV_PM_QOS_FLAGS"),
        (0, "PM_QOS_ADD_REQ PM_QOS_UPDATE_REQ PM_QOS_REMOVE_REQ"),
        (0, "VDSO_CLOCKMODE_NONE VDSO_CLOCKMODE_TSC"),
        (0, "HRTIMER_MODE_ABS HRTIMER_MODE_REL"),
        (2, "HRTIMER_MODE_ABS_PINNED HRTIMER_MODE_REL_PINNED"),
        (4, "HRTIMER_MODE_ABS_SOFT HRTIMER_MODE_REL_SOFT"),
        (6, "HRTIMER_MODE_ABS_PINNED_SOFT HRTIMER_MODE_REL_PINNED_SOFT"),
        (8, "HRTIMER_MODE_ABS_HARD HRTIMER_MODE_REL_HARD"),
        (10, "HRTIMER_MODE_ABS_PINNED_HARD HRTIMER_MODE_REL_PINNED_HARD"),
    ]

    /// Names that are one bit each, from a bit upwards.
    private static let masks: [(UInt64, String)] = [
        (
            0,
            """
            FAULT_FLAG_WRITE FAULT_FLAG_MKWRITE FAULT_FLAG_ALLOW_RETRY FAULT_FLAG_RETRY_NOWAIT FAULT_FLAG_KILLABLE \
            FAULT_FLAG_TRIED FAULT_FLAG_USER FAULT_FLAG_REMOTE FAULT_FLAG_INSTRUCTION FAULT_FLAG_INTERRUPTIBLE \
            FAULT_FLAG_UNSHARE FAULT_FLAG_ORIG_PTE_VALID FAULT_FLAG_VMA_LOCK
            """
        ),
        (
            0,
            """
            VM_FAULT_OOM VM_FAULT_SIGBUS VM_FAULT_MAJOR - VM_FAULT_HWPOISON VM_FAULT_HWPOISON_LARGE \
            VM_FAULT_SIGSEGV - VM_FAULT_NOPAGE VM_FAULT_LOCKED VM_FAULT_RETRY VM_FAULT_FALLBACK VM_FAULT_DONE_COW \
            VM_FAULT_NEEDDSYNC VM_FAULT_COMPLETED
            """
        ),
    ]
}
