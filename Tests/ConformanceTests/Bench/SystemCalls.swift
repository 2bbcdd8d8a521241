import EtherFabric
import SystemCallCounter
import Testing

/// The system calls of the calling thread, as the kernel stops them.
enum SystemCalls {
  /// The numbers of the calls that `body` makes, in order. Where they cannot be counted, the test is cancelled.
  static func during(_ body: () throws -> Void) throws -> [Int32] {
    let result = system_call_count_begin()
    guard result == 0 else { try Test.cancel("no syscall user dispatch in this kernel (errno \(-result))") }
    let outcome = Result { try body() }
    let count = system_call_count_end()
    try outcome.get()
    return (0..<Int(count)).map { system_call_number(UInt32($0)) }
  }
}
