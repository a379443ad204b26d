internal import SysFS

/// The limits as files under `/sys/limits`.
enum LimitsExport {
    static func attributes(_ limits: LimitTable) -> [SysAttribute] {
        LimitTable.rows.map { row in
            SysAttribute(row.name, summary: row.summary) { .number(limits[row.name]) }
        }
    }
}
