/// Numbers as people read them.
enum Figures {
    /// With so many places behind the point.
    static func decimal(_ value: Double, places: Int) -> String {
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let scaled = UInt64(min(max((value * scale).rounded(), 0), 1e18))
        if places == 0 { return "\(scaled)" }
        let whole = scaled / UInt64(scale)
        let digits = String(scaled % UInt64(scale))
        return "\(whole)." + String(repeating: "0", count: places - digits.count) + digits
    }

    /// Bytes in the largest unit of which there is one: `12.3 MiB`.
    static func bytes(_ count: some BinaryInteger) -> String {
        var value = Double(count)
        var unit = 0
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        while value >= 1024, unit + 1 < units.count {
            value /= 1024
            unit += 1
        }
        return unit == 0 ? "\(count) B" : "\(decimal(value, places: 1)) \(units[unit])"
    }

    /// Nanoseconds as microseconds: `11.4`.
    static func microseconds(_ nanoseconds: Double) -> String { decimal(nanoseconds / 1000, places: 1) }

    /// What one is beside another: `1.018`; a dash beside nothing.
    static func ratio(_ value: Int, _ other: Int) -> String {
        other == 0 ? "-" : decimal(Double(value) / Double(other), places: 3)
    }

    /// A part of a hundred: `12.5 %`.
    static func percent(_ part: UInt64, of whole: UInt64) -> String {
        whole == 0 ? "-" : decimal(Double(part) / Double(whole) * 100, places: 1) + " %"
    }
}
