internal import Glibc

/// The memory of the machine.
enum MachineMemory {
    /// How many bytes there are.
    static var bytes: UInt64 {
        UInt64(max(sysconf(Int32(_SC_PHYS_PAGES)), 0)) * UInt64(max(sysconf(Int32(_SC_PAGESIZE)), 0))
    }
}
