import EmulatedAdapter
import EtherFabric
import EtherFabricEmulator
import Glibc
import Testing

/// All features at once on one cable whose frames get lost, come twice, late, damaged and cut: at the end every buffer,
/// every request and every frame is accounted for.
///
/// `SOAK_SECONDS` is for all generations together, 5 unless given; `SOAK_SEED` repeats a run.
@Suite struct SoakTests {
  static let generations: [Generation] = [.sfc8000, .x2, .x3, .x4, .x4Express]

  static func setting(_ name: String) -> UInt64? { getenv(name).flatMap { UInt64(String(cString: $0)) } }

  @Test(arguments: generations) func everyBufferIsAccountedFor(_ generation: Generation) throws {
    let seed = Self.setting("SOAK_SEED") ?? 20_261_124
    let seconds = Double(Self.setting("SOAK_SECONDS") ?? 5) / Double(Self.generations.count)
    print("soak of \(generation): SOAK_SEED=\(seed), \(seconds) s")
    var random = Random(state: seed)
    let isExpress = generation.datapath.isExpress
    let options = "nic=\(generation),drop=0.01,duplicate=0.01,reorder=0.01,corrupt=0.01,truncate=0.01"
    let drivers = try (0..<2).map {
      try Driver.open("emu:cable:soak-\(generation)/\($0),\(options),seed=\(seed &+ UInt64($0))")
    }
    let adapters = try drivers.map { try #require(Emulator.adapter(of: $0)) }
    let macs = drivers.map { $0.identity.macAddress }

    var parties: [any Party] = [
      try EndpointParty("endpoint 0", drivers[0], peers: [macs[1]], &random),
      try EndpointParty("endpoint 1", drivers[1], peers: [macs[0]], &random),
    ]
    if !isExpress {
      parties.append(
        try MirrorSender("mirror 0", drivers[0], peers: [macs[1], macs[1], Frames.streamMAC, Frames.setMAC]))
      parties.append(try MirrorSender("mirror 1", drivers[1], peers: [macs[0]]))
    }
    if !isExpress { parties.append(try SpreadParty("set 1", drivers[1])) }
    if generation == .x2 { parties.append(try StreamParty("packed stream 1", drivers[1])) }
    parties.append(Chaos(adapters, isExpress: isExpress))

    func failed(_ party: String, _ what: String) {
      Issue.record("soak of \(generation), SOAK_SEED=\(seed), \(party): \(what)")
    }
    var steps = 0
    let end = ContinuousClock.now + .seconds(seconds)
    while steps & 0xff != 0 || ContinuousClock.now < end {
      steps += 1
      let party = parties[random.next(parties.count)]
      do { try party.step(&random) } catch { return failed(party.name, "step \(steps): \(error)") }
    }

    var quiet = 0
    for _ in 0..<5000 where quiet < 50 {
      var came = false
      for party in parties where try party.drain() { came = true }
      quiet = came ? 0 : quiet + 1
      // Frames that the plan holds back come after a millisecond.
      if !came { usleep(200) }
    }
    if quiet < 50 { failed("the cable", "it does not come to rest") }
    for (adapter, driver) in zip(adapters, drivers) { account(adapter, driver, failed) }
    for party in parties {
      for fault in try party.finish() { failed(party.name, fault) }
    }
    print("soak of \(generation): \(steps) steps, \(adapters.map { $0.statistics()["rx_packets"] ?? 0 }) frames")
  }

  /// Every frame that reached a port is in one counter.
  private func account(_ adapter: EmulatedAdapter, _ driver: Driver, _ failed: (String, String) -> Void) {
    let now = driver.statistics()
    let parts = [
      "rx_delivered", "rx_no_descriptor", "rx_no_credit", "rx_no_member", "rx_filtered", "rx_oversize", "rx_runts",
      "rx_stopped", "rx_link_down",
    ]
    let sum = parts.reduce(0) { $0 + (now[$1] ?? 0) }
    guard sum != now["rx_packets"] || sum == 0 else { return }
    failed("port \(driver.identity.device)", "rx_packets \(now["rx_packets"] ?? 0), counted \(sum): \(now.nonzero)")
  }
}
