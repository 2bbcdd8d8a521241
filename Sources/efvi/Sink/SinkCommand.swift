import ArgumentParser
import EtherFabric

/// `efvi sink`.
struct SinkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sink",
    abstract: "Receives frames and counts them.",
    discussion: """
      Counts what was delivered, what the adapter marked as bad by class, and every drop by name; a row each second
      tells the rate. Without a filter everything is taken. On emu:afpacket devices the kernel sees the frames too,
      unless the device string has steal=on.

      --verify checks the numbers of one 'efvi send': each once, in order, with undamaged bytes behind them. Drops
      behind the last number that came do not show; give --count where that matters.

      \(FilterArgument.help)

      EXAMPLES
        efvi sink emu:afpacket:eth0 udp:192.0.2.1:5000 --address 192.0.2.1
        efvi sink emu:afpacket:eth0,steal=on udp:239.1.1.1:5000 --count 1000 --verify --json
        efvi sink emu:pcap:frames.pcap --hex --seconds 1

      \(ExitStatus.help)
      """)

  @Argument(help: "The device to receive on.")
  var device: String

  @Argument(help: "What to receive.", transform: FilterArgument.parse)
  var filters: [FilterArgument] = []

  @Option(help: "Stop after this many frames.")
  var count: Quantity?

  @Option(help: ArgumentHelp("Answer ARP or neighbour solicitations, and ping; once for each family.", valueName: "ip"))
  var address: [HostAddressOption] = []

  @Flag(help: "Check the numbers that 'efvi send' puts in its datagrams.")
  var verify = false

  @Flag(help: "Print every frame.")
  var hex = false

  @OptionGroup var runOptions: RunOptions
  @OptionGroup var queues: QueueOptions

  func run() throws {
    let station = try Station(
      device, receive: queues.receive, transmit: address.isEmpty ? 0 : queues.transmit, hugePages: queues.hugePages)
    let responder = HostAddressOption.responder(address, mac: station.identity.macAddress)
    try station.add(filters.isEmpty ? FilterArgument.everything : filters)
    if let responder, !filters.isEmpty { try station.add(try HostAddressOption.filters(responder)) }
    var receiver = Receiver(verifies: verify, responder: responder, isHex: hex)
    let limit = RunLimit(count: count?.count, seconds: runOptions.seconds)
    var rows = RateRows(
      start: limit.start, isOn: !runOptions.quiet && !runOptions.json, isEmulated: station.identity.isEmulated)
    var idle = Idle(spins: runOptions.spin)
    var now = limit.start
    var stop = limit.stop(after: 0, now: now)
    while stop == nil {
      idle.after(try station.poll { arrival in receiver.take(arrival, station) })
      now = MonotonicClock.now()
      rows.update(now: now, frames: receiver.delivered, bytes: receiver.bytes)
      stop = limit.stop(after: receiver.delivered, now: now)
    }
    var report = Report(station.identity)
    receiver.add(to: &report, station, elapsed: now - limit.start, stop: stop)
    report.write(json: runOptions.json)
    if verify, receiver.sequence?.isClean != true || receiver.delivered == 0 { throw ExitStatus.verification }
    if let stop, limit.status(for: stop) != .success { throw limit.status(for: stop) }
  }
}
