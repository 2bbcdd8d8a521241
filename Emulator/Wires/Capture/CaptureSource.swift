import CPcap
import Glibc
import Synchronization

/// Why a capture gives no more frames.
enum CaptureEnd: Int32 {
  /// It still does.
  case none
  /// All records were read.
  case endOfFile
  /// The file stops inside a record.
  case truncated
  /// `read` failed; `errorNumber` says how.
  case readError
  /// libpcap could not make sense of a record.
  case malformed
  /// The file could not be opened again for another pass; `errorNumber` says how.
  case rewindFailed
}

/// The memory behind a `CaptureReader`: libpcap's handle, one frame, counts. Reading a frame allocates nothing.
struct CaptureSource: ~Copyable {
  /// What one record was.
  enum Step {
    /// `frame`, `length` and `timestamp` hold it.
    case frame
    /// Counted and left out.
    case skipped
    /// There is none; `end` says why.
    case ended
  }

  static let streamBytes = 1 << 17

  let descriptor: Int32
  let isSeekable: Bool
  let frameLimit: Int
  let padsCutFrames: Bool
  let frame: UnsafeMutableRawPointer
  private let stream: UnsafeMutablePointer<CChar>
  let errorText: UnsafeMutablePointer<CChar>
  private(set) var errorNumber: Int32 = 0
  private(set) var length = 0
  private(set) var timestamp: UInt64 = 0
  private(set) var pcap: OpaquePointer?
  private let endCode = Atomic<Int32>(CaptureEnd.none.rawValue)

  let framesRead = SharedCount()
  let framesCut = SharedCount()
  let framesShort = SharedCount()
  let framesOversize = SharedCount()

  /// Takes over `descriptor`, which it closes in `deinit`.
  init(descriptor: Int32, isSeekable: Bool, frameLimit: Int, padsCutFrames: Bool) {
    self.descriptor = descriptor
    self.isSeekable = isSeekable
    self.frameLimit = frameLimit
    self.padsCutFrames = padsCutFrames
    frame = .allocate(byteCount: frameLimit + 64, alignment: 64)
    frame.initializeMemory(as: UInt8.self, repeating: 0, count: frameLimit + 64)
    stream = .allocate(capacity: Self.streamBytes)
    errorText = .allocate(capacity: Int(PCAP_ERRBUF_SIZE))
    errorText.initialize(repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
  }

  deinit {
    if let pcap { pcap_close(pcap) }
    close(descriptor)
    frame.deallocate()
    stream.deallocate()
    errorText.deallocate()
  }

  var end: CaptureEnd { CaptureEnd(rawValue: endCode.load(ordering: .acquiring)) ?? .none }

  /// Begins a pass from where the descriptor stands. False when libpcap refuses the file: `errorText` holds its
  /// words and `errorNumber` the errno, 0 where the contents are at fault.
  mutating func open() -> Bool {
    errorNumber = 0
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { return fail() }
    guard let file = fdopen(copy, "r") else {
      let opened = fail()
      close(copy)
      return opened
    }
    setvbuf(file, stream, _IOFBF, Self.streamBytes)
    Glibc.errno = 0
    pcap = pcap_fopen_offline_with_tstamp_precision(file, UInt32(PCAP_TSTAMP_PRECISION_NANO), errorText)
    guard pcap == nil else { return true }
    if ferror(file) != 0 { _ = fail() }
    fclose(file)
    return false
  }

  /// Begins again with the first record. False, with `end` set, when that cannot be done.
  mutating func rewind() -> Bool {
    if let pcap { pcap_close(pcap) }
    pcap = nil
    guard isSeekable, lseek(descriptor, 0, SEEK_SET) == 0, open() else {
      finish(.rewindFailed)
      return false
    }
    endCode.store(CaptureEnd.none.rawValue, ordering: .releasing)
    return true
  }

  /// Reads one record.
  mutating func step() -> Step {
    guard let pcap, endCode.load(ordering: .relaxed) == CaptureEnd.none.rawValue else { return .ended }
    var record: UnsafeMutablePointer<pcap_pkthdr>?
    var bytes: UnsafePointer<UInt8>?
    let result = pcap_next_ex(pcap, &record, &bytes)
    guard result == 1, let record, let bytes else {
      finish(after: result, pcap)
      return .ended
    }
    let captured = Int(record.pointee.caplen)
    let original = Int(record.pointee.len)
    guard max(captured, original) <= frameLimit else {
      framesOversize.add()
      return .skipped
    }
    guard captured >= 14 else {
      framesShort.add()
      return .skipped
    }
    length = captured
    if captured < original {
      framesCut.add()
      guard padsCutFrames else { return .skipped }
      (frame + captured).initializeMemory(as: UInt8.self, repeating: 0, count: original - captured)
      length = original
    }
    frame.copyMemory(from: bytes, byteCount: captured)
    timestamp = Self.nanoseconds(record.pointee.ts)
    framesRead.add()
    return .frame
  }

  /// libpcap keeps nanoseconds in `tv_usec` here, and sign-extends the 32 bits that a pcap file has for the seconds.
  private static func nanoseconds(_ time: timeval) -> UInt64 {
    let seconds = time.tv_sec < 0 ? UInt64(UInt32(truncatingIfNeeded: time.tv_sec)) : UInt64(time.tv_sec)
    return seconds &* 1_000_000_000 &+ UInt64(truncatingIfNeeded: time.tv_usec)
  }

  private mutating func finish(after result: Int32, _ pcap: OpaquePointer) {
    guard result != PCAP_ERROR_BREAK else { return finish(.endOfFile) }
    guard let text = pcap_geterr(pcap) else { return finish(.malformed) }
    strncpy(errorText, text, Int(PCAP_ERRBUF_SIZE) - 1)
    guard let file = pcap_file(pcap) else { return finish(.malformed) }
    if ferror(file) != 0 {
      _ = fail()
      finish(.readError)
    } else {
      finish(feof(file) != 0 ? .truncated : .malformed)
    }
  }

  private func finish(_ end: CaptureEnd) {
    endCode.store(end.rawValue, ordering: .releasing)
  }

  private mutating func fail() -> Bool {
    errorNumber = Glibc.errno != 0 ? Glibc.errno : EIO
    return false
  }
}
