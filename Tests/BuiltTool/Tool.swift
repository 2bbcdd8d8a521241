import Glibc

/// The built `efvi`, run as users run it.
public final class Tool {
  /// What a run came to.
  public struct Result {
    /// Exit status, or 128 and the signal that killed it.
    public let status: Int32
    public let output: String
    public let errors: String
  }

  private let process: pid_t
  private let output: Int32
  private let errors: Int32
  private var isOver = false

  /// Beside the test bundle.
  public static let path: String = {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = buffer.withUnsafeMutableBytes {
      readlink("/proc/self/exe", $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
    }
    let tests = String(decoding: buffer[..<max(0, count)], as: UTF8.self)
    return String(tests[...(tests.lastIndex(of: "/") ?? tests.startIndex)]) + "efvi"
  }()

  public convenience init(_ arguments: String...) throws { try self.init(arguments) }

  /// Starts it in the calling thread's network.
  public init(_ arguments: [String]) throws {
    output = try Self.temporary()
    errors = try Self.temporary()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, errors, 2)
    // Threads of the test may have blocked signals, which the child would inherit.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var noSignals = sigset_t()
    sigemptyset(&noSignals)
    posix_spawnattr_setsigmask(&attributes, &noSignals)
    var interrupts = sigset_t()
    sigemptyset(&interrupts)
    for signal in [SIGINT, SIGTERM] { sigaddset(&interrupts, signal) }
    posix_spawnattr_setsigdefault(&attributes, &interrupts)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var words: [UnsafeMutablePointer<CChar>?] = ([Self.path] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    let status = posix_spawn(&child, Self.path, &actions, &attributes, &words, environ)
    try require(status == 0, "\(Self.path): \(String(cString: strerror(status)))")
    process = child
  }

  /// Ends what a failed test left.
  deinit {
    if !isOver {
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }
    close(output)
    close(errors)
  }

  /// Runs it to its end.
  public static func run(_ arguments: String..., timeout: Duration = .seconds(20)) throws -> Result {
    try Tool(arguments).wait(timeout: timeout)
  }

  /// The number of the process.
  public var number: pid_t { process }

  public func send(_ signal: Int32) { kill(process, signal) }

  /// What it has printed so far.
  public var text: String { Self.read(output) }

  /// Waits until it has printed this.
  public func waitForText(_ part: String, timeout: Duration = .seconds(10)) throws {
    let end = ContinuousClock.now + timeout
    while !text.contains(part) {
      try require(ContinuousClock.now < end, "no '\(part)' in: \(text)\(Self.read(errors))")
      usleep(2000)
    }
  }

  public func wait(timeout: Duration = .seconds(20)) throws -> Result {
    let end = ContinuousClock.now + timeout
    var status: Int32 = 0
    while waitpid(process, &status, WNOHANG) == 0 {
      try require(ContinuousClock.now < end, "still running after \(timeout): \(text)\(Self.read(errors))")
      usleep(1000)
    }
    isOver = true
    let code = status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
    return Result(status: code, output: text, errors: Self.read(errors))
  }

  private static func temporary() throws -> Int32 {
    var name = Array("/tmp/efvi-test-XXXXXX".utf8CString)
    let file = mkstemp(&name)
    try require(file >= 0, "mkstemp: \(String(cString: strerror(errno)))")
    unlink(name)
    _ = fcntl(file, F_SETFD, FD_CLOEXEC)
    return file
  }

  private static func read(_ file: Int32) -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = pread(file, &chunk, chunk.count, bytes.count)
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += chunk[..<count]
    }
  }
}
