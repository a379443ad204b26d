internal import ArgumentParser
internal import Bytes

/// `jitfs ls`: the names in a directory.
struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List a directory: a name a line, directories with a / behind them.",
        discussion: "Large directories are fetched in pages, and shown while they come.")

    @OptionGroup var server: ServerOptions

    @Flag(name: .short, help: "Also the type and the mode of each entry.")
    var long = false

    @Argument(help: ArgumentHelp("A directory; of a file, the file itself is listed.", valueName: "path"))
    var path: String

    /// Entries that are asked for at once.
    private static var pageCountMax: Int { 1000 }

    func run() throws {
        try Complaint.reporting {
            let client = try Client(server)
            let path = try RemotePath(path)
            let isShown = try pages(of: path.asDirectory, client) { entries in
                for entry in entries { try show(entry, as: entry.name) }
                return true
            }
            if !isShown { try listFile(path, client) }
        }
    }

    /// Lists what is no directory: its parent knows it, and asking the file itself might consume what is in it.
    private func listFile(_ path: RemotePath, _ client: Client) throws {
        guard let (parent, name) = path.split else { throw Complaint(path.text, "ENOTDIR: it is no directory") }
        var isFound = false
        _ = try pages(of: parent.asDirectory, client) { entries in
            for entry in entries where entry.name == name {
                isFound = true
                try show(entry, as: path.text)
            }
            return !isFound
        }
        if !isFound { throw Complaint(path.text, "ENOENT: it is gone") }
    }

    /// Fetches a directory, page after page.
    ///
    /// - Parameters:
    ///   - directory: with a slash at its end, which a file does not bear.
    ///   - client: whom to ask.
    ///   - take: is given each page, and says whether to go on.
    /// - Returns: whether it is a directory.
    /// - Throws: what the server refuses, and what `take` throws.
    private func pages(of directory: RemotePath, _ client: Client, _ take: ([Entry]) throws -> Bool) throws -> Bool {
        var after: String?
        repeat {
            var request = Request(path: directory, form: .json)
            request.query = [("limit", "\(Self.pageCountMax)")]
            if let after { request.query.append(("after", after)) }
            let page: Page
            do {
                page = try Page(try client.fetch(request))
            } catch let complaint as Complaint {
                if complaint.reason.hasPrefix("ENOTDIR:"), path.last != "/" { return false }
                throw Complaint(path, complaint.reason)
            } catch is Page.Malformed {
                throw Complaint(path, "EPROTO: the answer is no listing")
            }
            if try !take(page.entries) { return true }
            after = page.next
        } while after != nil
        return true
    }

    private func show(_ entry: Entry, as name: String) throws {
        let isDirectory = entry.type == "directory"
        let details = long ? "\(isDirectory ? "d" : entry.type == "symlink" ? "l" : "-") \(entry.mode) " : ""
        let shown = StandardOutput.isTerminal ? Complaint.printable(name) : name
        try StandardOutput.write(line: details + shown + (isDirectory ? "/" : ""))
    }

    /// One page of a listing.
    private struct Page {
        /// It is something else.
        struct Malformed: Error {}

        let entries: [Entry]
        let next: String?

        init(_ text: [UInt8]) throws(Malformed) {
            guard let document = try? JSONReader.document(text.span), let list = document["entries"]?.elements else {
                throw Malformed()
            }
            var entries: [Entry] = []
            for element in list {
                guard let entry = Entry(element) else { throw Malformed() }
                entries.append(entry)
            }
            self.entries = entries
            next = document["next"]?.stringValue
        }
    }

    /// One entry of it.
    private struct Entry {
        let name: String
        let type: String
        let mode: String

        init?(_ value: JSONValue) {
            guard let name = value["name"]?.stringValue, let type = value["type"]?.stringValue,
                let mode = value["mode"]?.stringValue
            else { return nil }
            self.name = name
            self.type = type
            self.mode = mode
        }
    }
}
