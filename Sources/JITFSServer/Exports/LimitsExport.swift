internal import PseudoFS
internal import SysFS

/// The limits as files under `/sys/limits`, for administrators: they say what it takes to fill a server up.
enum LimitsExport {
    static func attributes(_ limits: LimitTable) -> [SysAttribute] {
        LimitTable.rows.map { row in
            SysAttribute(row.name, summary: row.summary, authority: .admin) { .number(limits[row.name]) }
        }
    }
}
