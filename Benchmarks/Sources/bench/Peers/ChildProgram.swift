import Glibc

/// A program that runs beside this one, in its network, with a pipe to its input and one from its output and errors.
///
/// It is ended by its number, at the latest when the last reference goes.
final class ChildProgram {
  let path: String
  private let process: pid_t
  private let input: Int32
  private let output: Int32
  private(set) var text = ""
  private var status: Int32?

  /// - Parameters:
  ///   - path: An absolute path.
  ///   - isBound: Whether it goes when this process is killed, too. Needs setpriv (util-linux).
  init(_ path: String, _ arguments: [String], isBound: Bool = true) throws {
    self.path = path
    let setpriv = isBound ? Peer.find("setpriv") : nil
    let command = (setpriv.map { [$0, "--pdeathsig", "KILL", "--"] } ?? []) + [path] + arguments
    var toChild: [Int32] = [-1, -1]
    var fromChild: [Int32] = [-1, -1]
    guard pipe(&toChild) == 0, pipe(&fromChild) == 0 else { throw BenchmarkError(reason: "no pipe: errno \(errno)") }
    for end in [toChild[1], fromChild[0]] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
    posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
    posix_spawn_file_actions_adddup2(&actions, fromChild[1], 2)
    for end in [toChild[0], fromChild[1]] { posix_spawn_file_actions_addclose(&actions, end) }
    var words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    let failure = posix_spawn(&child, command[0], &actions, nil, &words, environ)
    close(toChild[0])
    close(fromChild[1])
    (process, input, output) = (child, toChild[1], fromChild[0])
    guard failure == 0 else {
      status = 0
      throw BenchmarkError(reason: "\(path) does not start: \(String(cString: strerror(failure)))")
    }
    _ = fcntl(output, F_SETFL, O_NONBLOCK)
  }

  deinit {
    if status == nil { kill(process, SIGKILL) }
    reap()
    close(input)
    close(output)
  }

  func write(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = Glibc.write(input, bytes, bytes.count)
  }

  func signal(_ number: Int32) { kill(process, number) }

  /// Waits for `words` in what it prints from now on, and returns all up to there.
  func wait(for words: String, seconds: Double, keeping: Bool = false) throws -> String {
    if !keeping { text = "" }
    let deadline = Machine.seconds + seconds
    while !text.contains(words) {
      guard try read(until: deadline) else {
        throw BenchmarkError(reason: "\(path) ended or did not say '\(words)' in \(seconds.text(0)) s: \(tail)")
      }
    }
    return text
  }

  /// Waits for its end; kills it at the deadline. Returns all that it said since the last wait.
  func finish(seconds: Double) throws -> String {
    let deadline = Machine.seconds + seconds
    while try read(until: deadline) {}
    if Machine.seconds >= deadline { kill(process, SIGKILL) }
    reap()
    return text
  }

  /// Its exit status after `finish`.
  var exitStatus: Int32 { status.map { $0 & 0x7f == 0 ? $0 >> 8 & 0xff : 128 + $0 & 0x7f } ?? -1 }

  private var tail: String { text.split(separator: "\n").suffix(3).joined(separator: "; ") }

  /// False at its end and at the deadline.
  private func read(until deadline: Double) throws -> Bool {
    let left = deadline - Machine.seconds
    guard left > 0 else { return false }
    var entry = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
    guard poll(&entry, 1, Int32(left * 1000) + 1) > 0 else { return true }
    var bytes = [UInt8](repeating: 0, count: 8192)
    let count = Glibc.read(output, &bytes, bytes.count)
    if count > 0 { text += String(decoding: bytes[..<count], as: UTF8.self) }
    return count > 0 || count < 0 && (errno == EAGAIN || errno == EINTR)
  }

  private func reap() {
    guard status == nil else { return }
    var result: Int32 = 0
    while waitpid(process, &result, 0) < 0 && errno == EINTR {}
    status = result
  }
}
