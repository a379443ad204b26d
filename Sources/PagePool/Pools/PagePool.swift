public final class PagePool: Sendable {
    /// Bytes of a page.
    public static let pageBytes = 4096
}
