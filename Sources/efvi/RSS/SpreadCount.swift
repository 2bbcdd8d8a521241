import EtherFabric

/// Which frames and flows came to which member.
struct SpreadCount {
  struct Member {
    var frames: UInt64 = 0
    var bytes: UInt64 = 0
    var flows: UInt64 = 0
  }

  struct Flow {
    let key: FlowKey
    let member: Int
    /// Frames that came to another member than the first of the flow.
    var strays: UInt64 = 0
  }

  /// Flows that are told apart; those that come later count as frames alone.
  static let flowLimit = 65_536

  private(set) var members: [Member]
  private(set) var delivered: UInt64 = 0
  private(set) var bytes: UInt64 = 0
  /// Frames that are not IP, which come to the first member.
  private(set) var others: UInt64 = 0
  /// In the order in which they appeared.
  private(set) var flows: [Flow] = []
  private var places: [FlowKey: Int] = [:]

  init(members count: Int) { members = [Member](repeating: Member(), count: count) }

  mutating func take(_ frame: UnsafeRawBufferPointer, member: Int) {
    delivered += 1
    bytes += UInt64(frame.count)
    members[member].frames += 1
    members[member].bytes += UInt64(frame.count)
    guard let key = FlowKey(frame) else {
      others += 1
      return
    }
    if let place = places[key] {
      if flows[place].member != member { flows[place].strays += 1 }
    } else if flows.count < Self.flowLimit {
      places[key] = flows.count
      flows.append(Flow(key: key, member: member))
      members[member].flows += 1
    }
  }

  /// Frames of the busiest member over those of an even spread: 1 is even, the number of members is all on one.
  var imbalance: Double {
    guard delivered > 0, let most = members.map(\.frames).max() else { return 0 }
    return Double(most) * Double(members.count) / Double(delivered)
  }

  func add(to report: inout Report, elapsed: UInt64, stop: RunLimit.Stop?, listed: Int) {
    let seconds = Double(elapsed) / 1e9
    report.add(
      "set",
      [
        ("members", .integer(UInt64(members.count))), ("delivered", .integer(delivered)), ("bytes", .integer(bytes)),
        ("flows", .integer(UInt64(flows.count))), ("not_ip", .integer(others)),
        ("strays", .integer(flows.reduce(0) { $0 + $1.strays })), ("imbalance", .measure(imbalance, unit: "")),
        ("seconds", .measure(seconds, unit: "s")),
        ("rate", .measure(seconds > 0 ? Double(delivered) / seconds : 0, unit: "/s")),
        ("end", .text(stop?.text ?? "")),
      ])
    for (index, member) in members.enumerated() {
      let share = delivered > 0 ? 100 * Double(member.frames) / Double(delivered) : 0
      report.add(
        "member_\(index)",
        [
          ("frames", .integer(member.frames)), ("bytes", .integer(member.bytes)), ("flows", .integer(member.flows)),
          ("share", .measure(share, unit: "%")),
        ])
    }
    guard listed > 0, !flows.isEmpty else { return }
    report.add("member_of_flow", flows.prefix(listed).map { ("\($0.key)", .integer(UInt64($0.member))) })
  }
}
