import CPcap
import EmulatedAdapter
import EtherFabric
import Glibc

/// What happens to a frame of which the capture kept only the first bytes (a capture with a snap length).
public enum CutFrames: Sendable, Equatable {
  /// It is left out and counted.
  case skip
  /// It is delivered at its original length, with zeros for what is missing; checksums over it are wrong.
  case pad
}

/// Reads the Ethernet frames of a pcap or pcapng file, in order, one at a time, whatever the size of the file.
///
/// The frames come with nanoseconds since the epoch, also from files of microseconds. A reader belongs to one
/// thread at a time; its counts may be read by any.
public final class CaptureReader {
  /// The file as it was given.
  public let path: String
  let source: UnsafeMutablePointer<CaptureSource>

  /// Opens a capture.
  ///
  /// - Parameters:
  ///   - path: A file or FIFO, or `-` for standard input. Reading from the latter two waits for their data.
  ///   - frameLimit: Longest frame to deliver, in bytes from the destination address on, without FCS.
  ///   - cutFrames: What to do with frames that the capture holds only in part.
  /// - Throws: `EtherFabricError` with the errno of `open` (`ENOENT`, `EACCES`, …), `EISDIR` for a folder,
  ///   `EBADMSG` when the file is no capture, `EPROTONOSUPPORT` when it is not one of Ethernet frames.
  public init(path: String, frameLimit: Int = 9216, cutFrames: CutFrames = .skip) throws(EtherFabricError) {
    guard (64...262_144).contains(frameLimit) else {
      throw EtherFabricError(
        "CaptureReader.init", errno: EINVAL, reason: "a frame limit of \(frameLimit) bytes is out of range",
        remedy: "Give 64 to 262144 bytes.")
    }
    let descriptor = path == "-" ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Self.failure(path, errno, "the capture cannot be opened", "Check the path and its permissions.")
    }
    var status = stat()
    fstat(descriptor, &status)
    guard status.st_mode & S_IFMT != S_IFDIR else {
      close(descriptor)
      throw Self.failure(path, EISDIR, "it is a folder", "Name a pcap or pcapng file.")
    }
    self.path = path
    source = .allocate(capacity: 1)
    source.initialize(
      to: CaptureSource(
        descriptor: descriptor, isSeekable: status.st_mode & S_IFMT == S_IFREG, frameLimit: frameLimit,
        padsCutFrames: cutFrames == .pad))
    guard source.pointee.open() else {
      let code = source.pointee.errorNumber
      let text = String(cString: source.pointee.errorText)
      throw code != 0
        ? Self.failure(path, code, "the capture cannot be read", "Check the file and its file system.")
        : Self.failure(path, EBADMSG, "it is not a capture: \(text)", "Name a pcap or pcapng file.")
    }
    let linkType = pcap_datalink(source.pointee.pcap)
    guard linkType == DLT_EN10MB else {
      let name = pcap_datalink_val_to_name(linkType).map { String(cString: $0) } ?? "number \(linkType)"
      throw Self.failure(
        path, EPROTONOSUPPORT, "its link type is \(name), not Ethernet", "Capture on an Ethernet interface.")
    }
  }

  deinit {
    source.deinitialize(count: 1)
    source.deallocate()
  }

  /// The next frame, or nil after the last one. Its bytes stay until the next call.
  ///
  /// - Throws: What `error` holds, after all frames in front of the fault were delivered.
  public func next() throws(EtherFabricError) -> WireFrame? {
    while true {
      switch source.pointee.step() {
      case .frame:
        return WireFrame(
          bytes: source.pointee.frame, length: source.pointee.length, timestamp: source.pointee.timestamp)
      case .skipped:
        continue
      case .ended:
        if let error { throw error }
        return nil
      }
    }
  }

  /// Begins again with the first frame. Counts go on.
  ///
  /// - Throws: `EtherFabricError` when the file cannot be read twice (a FIFO, standard input: `ESPIPE`).
  public func rewind() throws(EtherFabricError) {
    guard source.pointee.isSeekable else {
      throw Self.failure(path, ESPIPE, "it can be read only once", "Copy it into a file.")
    }
    if !source.pointee.rewind(), let error { throw error }
  }

  /// Whether frames of the file may still come.
  public var isAtEnd: Bool { source.pointee.end != .none }

  /// Why reading stopped before the end of the file: `ENODATA` when the file is cut in the middle of a record,
  /// `EBADMSG` for a record that makes no sense, else the errno of the read. Nil while all is well.
  public var error: EtherFabricError? {
    // What `end` is published with may be read only after it.
    let end = source.pointee.end
    let code = source.pointee.errorNumber
    switch end {
    case .none, .endOfFile:
      return nil
    case .truncated:
      return Self.failure(
        path, ENODATA, "the file ends inside the record after frame \(framesRead + framesSkipped): \(text)",
        "The frames in front of it were delivered; capture again for the rest.")
    case .malformed:
      return Self.failure(
        path, EBADMSG, "the record after frame \(framesRead + framesSkipped) is damaged: \(text)",
        "The frames in front of it were delivered; capture again for the rest.")
    case .readError:
      return Self.failure(path, code, "reading failed: \(text)", "Check the file's disk.")
    case .rewindFailed:
      return Self.failure(
        path, code != 0 ? code : EBADMSG, "the file cannot be read again", "Leave it in place while it is replayed.")
    }
  }

  private var text: String { String(cString: source.pointee.errorText) }

  /// Frames delivered.
  public var framesRead: UInt64 { source.pointee.framesRead.value }
  /// Frames that the capture holds only in part; they were left out, or padded.
  public var framesCut: UInt64 { source.pointee.framesCut.value }
  /// Frames left out because they are shorter than an Ethernet header.
  public var framesShort: UInt64 { source.pointee.framesShort.value }
  /// Frames left out because they are longer than the limit.
  public var framesOversize: UInt64 { source.pointee.framesOversize.value }

  private var framesSkipped: UInt64 {
    framesShort + framesOversize + (source.pointee.padsCutFrames ? 0 : framesCut)
  }

  private static func failure(_ path: String, _ errno: Int32, _ reason: String, _ remedy: String) -> EtherFabricError {
    EtherFabricError("CaptureReader", errno: errno, reason: "\(path): \(reason)", remedy: remedy)
  }
}
