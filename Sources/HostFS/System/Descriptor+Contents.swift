internal import Bytes
internal import CLinuxShims
internal import Glibc
internal import PseudoFS
internal import SystemPackage

extension Descriptor {
    /// Reads once, from where it stands.
    ///
    /// - Parameters:
    ///   - buffer: appended to.
    ///   - limit: how many bytes at most.
    /// - Returns: how many bytes came, 0 at the end; nil where there is nothing at present (EAGAIN).
    /// - Throws: what read(2) says.
    func read(into buffer: inout ByteBuffer, limit: Int) throws(Failure) -> Int? {
        let before = buffer.count
        var error: Int32 = 0
        buffer.append(upTo: limit) { output in
            unsafe output.withUnsafeMutableBufferPointer { room, count in
                var got = 0
                repeat {
                    got = unsafe Glibc.read(number, room.baseAddress, room.count)
                } while got < 0 && Glibc.errno == EINTR
                if got < 0 { error = Glibc.errno }
                count = max(got, 0)
            }
        }
        if error == EAGAIN { return nil }
        if error != 0 { throw Failure(Errno(rawValue: error)) }
        return buffer.count - before
    }

    /// Reads to the end.
    ///
    /// - Parameter bytesMax: how many bytes it may have.
    /// - Returns: its bytes.
    /// - Throws: EFBIG where it goes on, EAGAIN where nothing is there to be read at present, what read(2) says.
    func readWhole(bytesMax: Int) throws(Failure) -> [UInt8] {
        var bytes = ByteBuffer(capacity: 4096)
        while true {
            let room = min(max(bytes.count, 4096), 256 << 10)
            guard let count = try read(into: &bytes, limit: room) else {
                throw Failure(.resourceTemporarilyUnavailable, "there is nothing to read yet")
            }
            if count == 0 { return bytes.array }
            guard bytes.count <= bytesMax else {
                throw Failure(.fileTooLarge, "it has more than \(bytesMax) bytes, the limit host_file_bytes")
            }
        }
    }

    /// Writes all, as a shell does: what one write did not take comes with the next.
    ///
    /// - Throws: what write(2) says, about the content.
    func writeAll(_ bytes: [UInt8]) throws(Failure) {
        var start = 0
        // A write of no bytes is one all the same.
        repeat {
            do throws(Failure) {
                let taken = try write(bytes, from: start)
                if taken == 0, start < bytes.count { throw Failure(.ioError, "the file takes no more") }
                start += taken
            } catch {
                let before = start == 0 ? "" : "after \(start) bytes that were taken: "
                // Nothing to read is no answer to a write.
                let errno = error.errno == .resourceTemporarilyUnavailable ? .resourceBusy : error.errno
                throw Failure(errno, before + error.reason, subject: .content)
            }
        } while start < bytes.count
    }

    /// Writes once, where it stands.
    ///
    /// - Returns: how many bytes were taken.
    /// - Throws: what write(2) says.
    func write(_ bytes: [UInt8], from start: Int) throws(Failure) -> Int {
        var taken = 0
        repeat {
            taken = unsafe bytes.withUnsafeBytes { source in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: source[start...])
                return unsafe Glibc.write(number, rest.baseAddress, rest.count)
            }
        } while taken < 0 && Glibc.errno == EINTR
        if taken < 0 { throw Failure(Errno(rawValue: Glibc.errno)) }
        return taken
    }

    /// Goes back to the first entry of a directory.
    func rewind() throws(Failure) {
        guard lseek(number, 0, SEEK_SET) == 0 else { throw Failure(Errno(rawValue: Glibc.errno)) }
    }

    /// Reads the next entries of a directory, in no order; `.` and `..` are left out.
    ///
    /// - Parameters:
    ///   - records: memory for what the kernel says, of some KiB; reused.
    ///   - take: called with each name and what the file system says that it is.
    /// - Returns: false at the end.
    /// - Throws: ENOENT where the directory has been removed, and what else getdents64(2) says.
    func readEntries(
        using records: inout [UInt8], _ take: (_ name: Span<UInt8>, _ type: FileType?) -> Void
    ) throws(Failure) -> Bool {
        let count = unsafe records.withUnsafeMutableBytes { room in
            unsafe jitfs_getdents(number, room.baseAddress, UInt(room.count))
        }
        if count < 0 { throw Failure(Errno(rawValue: Glibc.errno)) }
        var start = 0
        // struct linux_dirent64: inode 8 bytes, offset 8, the record's length 2, the type 1, the name with its NUL.
        while start + 19 < count {
            let length = Int(records[start + 16]) | Int(records[start + 17]) << 8
            let name = records.span.extracting((start + 19)..<min(start + length, count))
            let end = name.firstIndex(of: 0) ?? name.count
            let text = name.extracting(0..<end)
            if !text.equals(".") && !text.equals("..") { take(text, FileType(directoryEntry: records[start + 18])) }
            start += max(length, 19)
        }
        return count > 0
    }
}
