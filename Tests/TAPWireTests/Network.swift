import EmulatedAdapter
import EmulatedWires
import EtherFabric
import Glibc
import NetworkLab
import Testing

/// A private network without anything in it. What the stack says of itself in a new one is switched off.
enum Network {
  static func run<Result>(_ body: () throws -> Result) throws -> Result {
    if let reason = Namespace.unavailableReason { try Test.cancel(Comment(rawValue: reason)) }
    return try Namespace.run {
      if let file = fopen("/proc/sys/net/ipv6/conf/default/disable_ipv6", "w") {
        fputs("1", file)
        fclose(file)
      }
      return try body()
    }
  }

  @discardableResult
  static func ip(_ command: String) throws -> String { try IPTool.run("TAPWireTests", command) }
}

extension TAPWire {
  convenience init(_ interface: String, _ change: (inout TAPWireOptions) -> Void = { _ in }) throws {
    var options = TAPWireOptions()
    change(&options)
    try self.init(interface: interface, options: options)
  }

  func send(_ frame: [UInt8]) -> TransmitOutcome? {
    guard let room = operations.transmitReserve(operations.context, frame.count) else { return nil }
    room.copyMemory(from: frame, byteCount: frame.count)
    return TransmitOutcome(rawValue: operations.transmitCommit(operations.context, frame.count))
  }

  func take() -> [UInt8]? {
    var frame = WireFrame(bytes: operations.context, length: 0)
    guard operations.receiveNext(operations.context, &frame) else { return nil }
    defer { operations.receiveRelease(operations.context) }
    return Array(UnsafeRawBufferPointer(start: frame.bytes, count: frame.length))
  }

  func isReadable(_ milliseconds: Int32 = 0) -> Bool {
    operations.armWait(operations.context)
    var entry = pollfd(fd: waitDescriptor, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, milliseconds) > 0
  }
}

func openDescriptors() -> Int {
  guard let directory = opendir("/proc/self/fd") else { return 0 }
  defer { closedir(directory) }
  var count = 0
  while readdir(directory) != nil { count += 1 }
  return count
}

extension Testing.Tag {
  /// Some cases need a private network; they are skipped, with a reason that starts with `network`, where there is none.
  @Tag static var network: Self
}
