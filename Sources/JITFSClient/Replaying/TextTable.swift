/// A table for people: columns as wide as what is in them, the first ones to the left and the others to the right.
struct TextTable {
    private var rows: [[String]]
    private let leftColumns: Int

    /// A table with a first line.
    ///
    /// - Parameters:
    ///   - head: the columns' names.
    ///   - leftColumns: how many columns are words.
    init(_ head: [String], leftColumns: Int = 1) {
        rows = [head]
        self.leftColumns = leftColumns
    }

    /// Adds a line; cells that are missing are empty.
    mutating func add(_ row: [String]) { rows.append(row) }

    /// The lines.
    var lines: [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                if column > 0 { line += "  " }
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                line += column < leftColumns ? cell + padding : padding + cell
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
