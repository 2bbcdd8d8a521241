import CPcap
import EtherFabric
import Glibc
import Synchronization

/// Writes frames into a pcap file of nanosecond resolution.
///
/// Any thread may call, also several at a time: records never interleave, so that both ports of an adapter can go
/// into one file. Recording allocates nothing. The first failure (a full disk) ends the recording: the file keeps
/// what it had, perhaps with a cut last record, later frames are counted in `framesLost`, and `error` tells why.
public final class CaptureWriter: @unchecked Sendable {
  /// The file as it was given.
  public let path: String
  /// Most bytes kept of a frame.
  public let snapLength: Int
  let state: UnsafeMutablePointer<CaptureSink>

  /// Creates the file, or empties it.
  ///
  /// - Parameters:
  ///   - path: The file to write; `-` is standard output.
  ///   - snapLength: Most bytes to keep of a frame, 1 to 262144. The record always tells the original length.
  ///   - appending: Goes on behind the last record of a file that a writer of the same `snapLength` left, if there
  ///     is one. The file must end with a whole record.
  ///   - bufferBytes: What is kept before it is handed to the kernel, where it is not what the C library takes (4096):
  ///     with more of it a fast capture makes fewer system calls, and a process that is killed loses more. Not when
  ///     appending.
  /// - Throws: `EtherFabricError` with the errno of `open` or of the first write (`EACCES`, `ENOENT`, `ENOSPC`, …),
  ///   `EINVAL` for a snap length out of range, or `EBADMSG` when the file to append to is another kind of capture.
  public init(path: String, snapLength: Int = 262_144, appending: Bool = false, bufferBytes: Int? = nil)
    throws(EtherFabricError)
  {
    guard (1...262_144).contains(snapLength) else {
      throw Self.failure(path, EINVAL, "a snap length of \(snapLength) bytes is out of range", "Give 1 to 262144.")
    }
    self.path = path
    self.snapLength = snapLength
    guard
      let dead = pcap_open_dead_with_tstamp_precision(
        DLT_EN10MB, Int32(snapLength), UInt32(PCAP_TSTAMP_PRECISION_NANO))
    else {
      throw Self.failure(path, ENOMEM, "libpcap gave no handle", "Free memory.")
    }
    defer { pcap_close(dead) }
    Glibc.errno = 0
    var dumper: OpaquePointer?
    // The C library takes no length without memory.
    let buffer = appending ? nil : bufferBytes.map { UnsafeMutablePointer<CChar>.allocate(capacity: max(1, $0)) }
    if appending && path != "-" {
      dumper = pcap_dump_open_append(dead, path)
    } else if let file = path == "-" ? fdopen(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0), "w") : fopen(path, "we") {
      if let buffer { setvbuf(file, buffer, Int32(_IOFBF), bufferBytes ?? 0) }
      dumper = pcap_dump_fopen(dead, file)
    }
    guard let dumper else {
      let code = Glibc.errno
      buffer?.deallocate()
      let text = String(cString: pcap_geterr(dead))
      throw code != 0
        ? Self.failure(path, code, "the file cannot be written", "Check the path and its permissions.")
        : Self.failure(path, EBADMSG, "nothing can be appended to it: \(text)", "Write to a new file.")
    }
    state = .allocate(capacity: 1)
    state.initialize(to: CaptureSink(dumper: dumper, snapLength: snapLength, buffer: buffer))
    try flush()
  }

  deinit {
    state.deinitialize(count: 1)
    state.deallocate()
  }

  /// Appends a frame.
  ///
  /// - Parameters:
  ///   - bytes: The frame from the destination address on, without FCS.
  ///   - length: Bytes at `bytes`.
  ///   - timestamp: Nanoseconds since the epoch; a file has room for them until the year 2106.
  ///   - originalLength: What the frame measured on the wire, when `bytes` is only its beginning.
  /// - Returns: False when the frame is lost, because the file failed or is closed.
  @discardableResult
  public func record(
    _ bytes: UnsafeRawPointer, length: Int, timestamp: UInt64, originalLength: Int? = nil
  ) -> Bool {
    state.pointee.record(bytes, length: length, originalLength: originalLength ?? length, timestamp: timestamp)
  }

  /// Hands all records to the kernel.
  ///
  /// - Throws: What `error` holds.
  public func flush() throws(EtherFabricError) {
    state.pointee.flush()
    if let error { throw error }
  }

  /// Hands all records to the kernel and closes the file; frames after that are lost. A second call does nothing.
  ///
  /// - Throws: What `error` holds. The file is closed in any case.
  public func close() throws(EtherFabricError) {
    state.pointee.close()
    if let error { throw error }
  }

  /// Frames written. Those since the last `flush` may still be lost when the disk fails.
  public var framesRecorded: UInt64 { state.pointee.recorded.value }
  /// Frames refused after the file failed or was closed.
  public var framesLost: UInt64 { state.pointee.lost.value }

  /// Why recording stopped, with the errno of the write (`ENOSPC`, `EFBIG`, `EIO`, …), or nil.
  public var error: EtherFabricError? {
    let code = state.pointee.failure.load(ordering: .acquiring)
    guard code != 0 else { return nil }
    return Self.failure(
      path, code, "writing failed: \(String(cString: strerror(code)))",
      "Make room or choose another disk, and record again.")
  }

  private static func failure(_ path: String, _ errno: Int32, _ reason: String, _ remedy: String) -> EtherFabricError {
    EtherFabricError("CaptureWriter", errno: errno, reason: "\(path): \(reason)", remedy: remedy)
  }
}
