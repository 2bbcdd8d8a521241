import CLinuxShims
import Glibc
import Testing

/// Thrown where the setting of a test fails, rather than what it tests.
struct SettingError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Network namespaces of the calling thread. A body given to them must not suspend.
enum Namespace {
  /// Why no namespace with a veth pair can be made here, or nil where it can.
  static let obstacle: String? = {
    do {
      try run { try Veth.make() }
      return nil
    } catch {
      return "\(error)"
    }
  }()

  /// Runs `body` in a new network namespace, which ends with it.
  static func run<Result>(_ body: () throws -> Result) throws -> Result {
    let home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
    guard home >= 0 else { throw SettingError("no /proc/thread-self/ns/net") }
    defer { close(home) }
    guard packet_namespace_new() == 0 else { throw SettingError("unshare(CLONE_NEWNET): \(errorText())") }
    defer { precondition(packet_namespace_enter(home) == 0, "cannot go back to the first namespace") }
    try write("1", to: "/proc/sys/net/ipv6/conf/default/disable_ipv6")
    return try body()
  }

  static func write(_ text: String, to path: String) throws {
    let fd = open(path, O_WRONLY)
    guard fd >= 0 else { return }  // without IPv6 there is nothing to switch off
    defer { close(fd) }
    guard Glibc.write(fd, text, text.utf8.count) > 0 else { throw SettingError("\(path): \(errorText())") }
  }
}

/// A second namespace, which the calling thread can enter for a while.
struct PeerNamespace: ~Copyable {
  let descriptor: Int32

  init() throws {
    var fd: Int32 = -1
    try Namespace.run { fd = open("/proc/thread-self/ns/net", O_RDONLY) }
    descriptor = fd
  }

  /// Its name for `ip link set … netns`.
  var path: String { "/proc/\(getpid())/fd/\(descriptor)" }

  func run<Result>(_ body: () throws -> Result) throws -> Result {
    let home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
    defer { close(home) }
    guard packet_namespace_enter(descriptor) == 0 else { throw SettingError("setns: \(errorText())") }
    defer { precondition(packet_namespace_enter(home) == 0, "cannot go back to the first namespace") }
    return try body()
  }

  deinit { close(descriptor) }
}

/// The pair under test: the wire opens `va`, the kernel or a plain socket plays at `vb`.
enum Veth {
  static let wireAddress: [UInt8] = [2, 0, 0, 0, 0, 0x0a]
  static let peerAddress: [UInt8] = [2, 0, 0, 0, 0, 0x0b]

  static func make(up: Bool = true) throws {
    try ip("link add va address 02:00:00:00:00:0a type veth peer name vb address 02:00:00:00:00:0b")
    if up {
      try ip("link set va up")
      try ip("link set vb up")
      _ = waitUntilUp()
    }
  }

  /// Waits until both ends run: the kernel may take a second to see a carrier that came back.
  static func waitUntilUp() -> Bool {
    let socket = packet_socket_open()
    defer { close(socket) }
    for _ in 0..<300 {
      if packet_interface_flags(socket, "va") & packet_interface_flags(socket, "vb") & 0x41 == 0x41 { return true }
      usleep(10_000)
    }
    return false
  }
}

func errorText() -> String { String(cString: strerror(errno)) }

/// Runs ip(8) in the namespace of the calling thread and returns what it prints.
@discardableResult
func ip(_ arguments: String) throws -> String {
  let words = ["ip"] + arguments.split(separator: " ").map(String.init)
  var pipes: [Int32] = [0, 0]
  guard pipe(&pipes) == 0 else { throw SettingError("pipe: \(errorText())") }
  defer { close(pipes[0]) }
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_adddup2(&actions, pipes[1], 1)
  posix_spawn_file_actions_adddup2(&actions, pipes[1], 2)
  posix_spawn_file_actions_addclose(&actions, pipes[0])
  var argv = words.map { strdup($0) } + [nil]
  defer { for word in argv { free(word) } }
  var child: pid_t = 0
  let result = posix_spawnp(&child, "ip", &actions, nil, &argv, environ)
  close(pipes[1])
  guard result == 0 else { throw SettingError("ip: \(String(cString: strerror(result)))") }
  var output: [UInt8] = []
  var piece = [UInt8](repeating: 0, count: 4096)
  while case let count = read(pipes[0], &piece, piece.count), count > 0 { output += piece[..<count] }
  var status: Int32 = 0
  waitpid(child, &status, 0)
  let text = String(decoding: output, as: UTF8.self)
  guard status == 0 else { throw SettingError("ip \(arguments): \(text)") }
  return text
}

extension Trait where Self == ConditionTrait {
  /// Skips a suite, with the reason, where namespaces and veth pairs cannot be made.
  static var needsNamespace: Self {
    .enabled(if: Namespace.obstacle == nil, "no network namespace: \(Namespace.obstacle ?? "")")
  }
}
