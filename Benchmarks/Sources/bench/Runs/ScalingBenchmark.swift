import CBaseline
import EtherFabric
import Glibc

/// What the number of interfaces, filters and registrations of an adapter costs a packet, and a request.
enum ScalingBenchmark {
  static let interfaces = 1000
  static let filters = 8000
  static let registrations = 10_000

  static func run(_ bench: Bench) throws {
    try raiseFileLimit()
    var one = try Subject("scale-one")
    var crowded = try Subject("scale-interfaces")
    try crowded.addInterfaces(interfaces - 1)
    var filtered = try Subject("scale-filters")
    try filtered.addFilters(filters - 1)
    var registered = try Subject("scale-registrations")
    try registered.addRegistrations(registrations - 1)

    let packets = 16_000
    let rounds = bench.rounds(101, 501)
    bench.report.title("scaling: a packet, and a request and its undoing, beside many of something and beside one")
    var alone = Sample()
    var samples = [Sample](repeating: Sample(), count: 3)
    for round in 0..<(rounds + 2) {
      let base = try one.measure(packets)
      let others = [try crowded.measure(packets), try filtered.measure(packets), try registered.measure(packets)]
      guard round >= 2 else { continue }
      alone.add(base)
      for index in 0..<3 {
        samples[index].add(others[index])
      }
    }
    let conditions = Conditions(wire: "emu:cable", mode: "one thread, burst 8", pinning: bench.pinning)
    let names = ["\(interfaces) interfaces", "\(filters) filters", "\(registrations) registrations"]
    for (name, sample) in zip(names, samples) {
      bench.report.add(
        Comparison(
          "scaling", "a packet beside \(name)", conditions, unit: "ns", ours: sample, peer: "beside one",
          theirs: alone))
    }
    let calls = bench.isQuick ? 2000 : 10_000
    let requests = [
      ("a filter", try one.filterCycle(calls), try filtered.filterCycle(calls), "\(filters)"),
      ("a registration", try one.registrationCycle(calls), try registered.registrationCycle(calls), "\(registrations)"),
      ("an interface", try one.interfaceCycle(calls / 10), try crowded.interfaceCycle(calls / 10), "\(interfaces)"),
    ]
    for (name, alone, many, count) in requests {
      bench.report.add(
        Comparison(
          "scaling", "\(name), made and undone, beside \(count)", conditions, unit: "ns",
          ours: Sample(values: [many]), peer: "beside one", theirs: Sample(values: [alone])))
    }
  }

  /// Each event queue has two descriptors.
  private static func raiseFileLimit() throws {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(7), &limit)
    limit.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, 8192))
    setrlimit(__rlimit_resource_t(7), &limit)
    guard limit.rlim_cur > UInt(2 * interfaces + 200) else {
      throw BenchmarkError(reason: "scaling needs \(2 * interfaces + 200) open files, the limit is \(limit.rlim_cur)")
    }
  }
}

/// A pair whose receiving adapter has more of something.
private struct Subject: ~Copyable {
  private var pair: CablePair
  private var others: [Bystander] = []
  private var memory: [MemoryRegistration] = []
  private let page: DMAMemory

  init(_ name: String) throws {
    let one = try DMAMemory(byteCount: 4096)
    pair = try CablePair(name)
    page = one
    let mac = pair.receiver.driver.identity.macAddress
    Frame.store(to: pair.sender.memory.base, length: 64, destination: mac, source: mac)
  }

  private var domain: ProtectionDomain { pair.receiver.memory.domain }

  mutating func addInterfaces(_ count: Int) throws { for _ in 0..<count { others.append(try Bystander(domain)) } }

  mutating func addFilters(_ count: Int) throws {
    for number in 0..<count { try pair.receiver.interface.addFilter(Self.filter(number)) }
  }

  mutating func addRegistrations(_ count: Int) throws {
    for _ in 0..<count { memory.append(try MemoryRegistration(domain, page)) }
  }

  /// Of an address that no frame has.
  private static func filter(_ number: Int) -> FilterSpecification {
    .udp(local: IPEndpoint(IPAddress(ipv4: 0x0a0a_0000 + UInt32(number)), port: 9000))
  }

  /// Nanoseconds a packet.
  mutating func measure(_ packets: Int) throws -> Double {
    let start = baseline_now()
    guard try pair.run(burst: 8, bursts: packets / 8, length: 64) == packets else {
      throw BenchmarkError(reason: "packets were lost")
    }
    return Double(baseline_now() - start) / Double(packets)
  }

  mutating func filterCycle(_ calls: Int) throws -> Double {
    let filter = Self.filter(60_000)
    let start = baseline_now()
    for _ in 0..<calls { try pair.receiver.interface.removeFilter(try pair.receiver.interface.addFilter(filter)) }
    return Double(baseline_now() - start) / Double(calls)
  }

  mutating func registrationCycle(_ calls: Int) throws -> Double {
    let start = baseline_now()
    for _ in 0..<calls { _ = try MemoryRegistration(domain, page) }
    return Double(baseline_now() - start) / Double(calls)
  }

  mutating func interfaceCycle(_ calls: Int) throws -> Double {
    let start = baseline_now()
    for _ in 0..<calls { _ = try Bystander(domain) }
    return Double(baseline_now() - start) / Double(calls)
  }
}

/// An interface that is there and does nothing.
private final class Bystander {
  let interface: VirtualInterface

  init(_ domain: ProtectionDomain) throws {
    interface = try domain.allocateVirtualInterface(InterfaceOptions(receiveCapacity: 512, transmitCapacity: 512))
  }
}
