internal import OpenMetrics

/// The process as every exporter shows it: `process_…`. What the kernel does not tell is left out.
enum ProcessMetrics {
    static func write(startSeconds: Double?, to writer: inout MetricsWriter) {
        if let seconds = ProcessFigures.processorSeconds {
            writer.family("process_cpu_seconds_total", .counter, help: "User and system CPU time spent, in seconds.")
            writer.sample(seconds)
        }
        if let memory = ProcessFigures.memory {
            writer.family("process_resident_memory_bytes", .gauge, help: "Resident memory, in bytes.")
            writer.sample(memory.residentBytes)
            writer.family("process_virtual_memory_bytes", .gauge, help: "Virtual memory, in bytes.")
            writer.sample(memory.virtualBytes)
        }
        if let count = ProcessFigures.openFiles {
            writer.family("process_open_fds", .gauge, help: "Open file descriptors.")
            writer.sample(count)
        }
        if let count = ProcessFigures.openFilesMax {
            writer.family("process_max_fds", .gauge, help: "Open file descriptors that there may be.")
            writer.sample(count)
        }
        if let startSeconds {
            writer.family(
                "process_start_time_seconds", .gauge, help: "When the process started, in seconds since the epoch.")
            writer.sample(startSeconds)
        }
    }
}
