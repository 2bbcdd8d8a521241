import ArgumentParser
import EtherFabric

/// `efvi rss`.
struct RSSCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rss",
    abstract: "Spreads frames over a set of virtual interfaces, and tells which flows land where.",
    discussion: """
      Allocates the interfaces of one set, gives the set the filters, and counts what comes to each member. A flow \
      stays on its member: 'strays' counts the frames that did not. TCP flows are told apart by addresses and ports, \
      UDP by addresses alone, unless the device string has rss-udp=ports. Frames that are not IP come to member 0. \
      'imbalance' is 1 for an even spread, and the number of members where one has all.

      With --feed the frames are made here: UDP from as many hosts as there are flows.

      \(FilterArgument.help)

      EXAMPLES
        efvi rss emu:cable:0 --members 4 --feed emu:cable:1 --flows 200 --count 10k
        efvi rss emu:pcap:frames.pcap --members 8 --seconds 1
        efvi rss emu:afpacket:eth0 udp:192.0.2.1:5000 --members 2

      \(ExitStatus.help)
      """)

  @Argument(help: "The device to receive on.")
  var device: String

  @Argument(help: "What to receive.", transform: FilterArgument.parse)
  var filters: [FilterArgument] = []

  @Option(help: "Interfaces of the set, 1 to 64.")
  var members = 4

  @Option(help: "Stop after this many frames; with --feed send as many.")
  var count: Quantity?

  @Option(help: ArgumentHelp("Sends from this device in the same process.", valueName: "device"))
  var feed: String?

  @Option(help: "Flows of --feed.")
  var flows = 64

  @Option(help: ArgumentHelp("Flows to print, in the order of their first frames.", valueName: "flows"))
  var list = 20

  @OptionGroup var runOptions: RunOptions
  @OptionGroup var queues: QueueOptions

  func validate() throws {
    guard (1...64).contains(members) else { throw ValidationError("--members \(members): give 1 to 64.") }
    guard (1...60_000).contains(flows) else { throw ValidationError("--flows \(flows): give 1 to 60000.") }
    guard list >= 0 else { throw ValidationError("--list \(list): give 0 or more.") }
  }

  func run() throws {
    let driver = try Driver.open(device)
    let domain = try driver.allocateProtectionDomain()
    let set = try domain.allocateVirtualInterfaceSet(count: members)
    var stations: [Station] = []
    for index in 0..<members {
      stations.append(
        try Station(
          set.allocateVirtualInterface(
            index: index, InterfaceOptions(receiveCapacity: queues.receive, transmitCapacity: 0)),
          domain: domain, hugePages: queues.hugePages))
    }
    for filter in filters.isEmpty ? FilterArgument.everything : filters {
      do throws(EtherFabricError) {
        try set.addFilter(filter.specification)
      } catch {
        throw error.on(filter)
      }
    }
    let wanted = count?.count ?? (feed == nil ? nil : 1000)
    let limit = RunLimit(count: wanted, seconds: runOptions.seconds)
    var source: FlowFeed?
    if let feed {
      source = try FlowFeed(feed, to: driver.identity.macAddress, flows: flows, limit: wanted ?? 1000)
    }
    var spread = SpreadCount(members: members)
    let end = try receive(stations, &source, &spread, limit)
    var report = Report(driver.identity)
    spread.add(to: &report, elapsed: end.time - limit.start, stop: end.stop, listed: list)
    for (index, station) in stations.enumerated() {
      report.add("interface_\(index)", counters: station.interfaceCounters)
    }
    report.add("receive_port", counters: stations[0].portCounters)
    report.write(json: runOptions.json)
    if let stop = end.stop, limit.status(for: stop) != .success { throw limit.status(for: stop) }
  }

  private func receive(
    _ stations: [Station], _ source: inout FlowFeed?, _ spread: inout SpreadCount, _ limit: RunLimit
  ) throws(EtherFabricError) -> (time: UInt64, stop: RunLimit.Stop?) {
    var idle = Idle(spins: runOptions.spin)
    var now = limit.start
    var stop = limit.stop(after: 0, now: now)
    var last = now
    while stop == nil {
      var events = 0
      try source?.step()
      for (index, station) in stations.enumerated() {
        events += try station.poll { arrival in
          // A poll may bring more than were asked for.
          if spread.delivered < limit.count ?? .max { spread.take(arrival.bytes, member: index) }
        }
      }
      idle.after(events)
      now = MonotonicClock.now()
      if events > 0 { last = now }
      stop = limit.stop(after: spread.delivered, now: now)
      // What was fed and has not come by now is lost.
      if stop == nil, source?.isDone == true, now - last > 200_000_000 { break }
    }
    return (now, stop)
  }
}
