/// What stands around the compressed bytes of a frame.
public enum ZstdFrame: Sendable {
    /// As the library makes them by default: magic number, content size, no checksum. Any tool reads it.
    case plain
    /// The least: no magic number, no content size, no dictionary's number; a checksum of four bytes, which is verified
    /// on unpacking. Five bytes less than ``plain`` around a page of 4 KiB, four more for the checksum.
    case bare
}
