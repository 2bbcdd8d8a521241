import ArgumentParser
import EtherFabric

/// `efvi sink`.
struct SinkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sink",
    abstract: "Receives frames and counts them.",
    discussion: """
      Counts what was delivered, what the adapter marked as bad by class, and every drop by name; a row each second \
      tells the rate. Without a filter everything is taken. On emu:afpacket devices the kernel sees the frames too, \
      unless the device string has steal=on.

      --merge and --packed-stream let one event tell of several frames; 'events' in the totals says of how many. \
      --timestamps asks the adapter when each frame arrived. --discards chooses which errors make an adapter mark a \
      frame, so that it is counted and not delivered: \(DiscardList.names), all or none.

      --verify checks the numbers of one 'efvi send': each once, in order, with undamaged bytes behind them. Drops \
      behind the last number that came do not show; give --count where that matters.

      \(FilterArgument.help)

      EXAMPLES
        efvi sink emu:afpacket:eth0 udp:192.0.2.1:5000 --address 192.0.2.1
        efvi sink emu:afpacket:eth0,steal=on udp:239.1.1.1:5000 --count 1k --verify
        efvi sink emu:pcap:frames.pcap --hex --seconds 1
        efvi sink emu:afpacket:eth0 --packed-stream --timestamps --discards fcs,length

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

  @Flag(help: "Ask for the time of arrival of each frame; the totals tell the first, the last and the gaps.")
  var timestamps = false

  @Option(help: ArgumentHelp("Which errors make a frame a discard.", valueName: "list"))
  var discards: DiscardList?

  @Flag(help: "One event for several frames (RX_EVENT_MERGE).")
  var merge = false

  @Flag(help: "Frames one behind the other in large buffers (RX_PACKED_STREAM).")
  var packedStream = false

  @OptionGroup var runOptions: RunOptions
  @OptionGroup var queues: QueueOptions

  func run() throws {
    let source = try open()
    let station = source as? Station
    if let discards { source.discardMask = discards.mask }
    let responder = HostAddressOption.responder(address, mac: source.identity.macAddress)
    try source.add(filters.isEmpty ? FilterArgument.everything : filters)
    if let responder, !filters.isEmpty { try source.add(try HostAddressOption.filters(responder)) }
    var receiver = Receiver(verifies: verify, responder: responder, isHex: hex, isTimed: timestamps)
    let limit = RunLimit(count: count?.count, seconds: runOptions.seconds)
    let most = limit.count ?? .max
    var rows = RateRows(
      start: limit.start, isOn: !runOptions.quiet && !runOptions.json, isEmulated: source.identity.isEmulated)
    var idle = Idle(spins: runOptions.spin)
    var now = limit.start
    var stop = limit.stop(after: 0, now: now)
    while stop == nil {
      idle.after(
        try source.poll { arrival in
          // A poll may bring more than were asked for.
          if receiver.delivered < most { receiver.take(arrival, station) }
        })
      now = MonotonicClock.now()
      rows.update(now: now, frames: receiver.delivered, bytes: receiver.bytes)
      stop = limit.stop(after: receiver.delivered, now: now)
    }
    var report = Report(source.identity)
    receiver.add(to: &report, source, elapsed: now - limit.start, stop: stop)
    report.write(json: runOptions.json)
    if verify, receiver.sequence?.isClean != true || receiver.delivered == 0 { throw ExitStatus.verification }
    if let stop, limit.status(for: stop) != .success { throw limit.status(for: stop) }
  }

  func validate() throws {
    guard packedStream else { return }
    if merge { throw ValidationError("--merge and --packed-stream: events are merged in packed stream as it is.") }
    if !address.isEmpty { throw ValidationError("--address and --packed-stream: a packed stream sends nothing.") }
  }

  private func open() throws(EtherFabricError) -> any FrameSource {
    let driver = try Driver.open(device)
    var flags: InterfaceFlags = timestamps ? .receiveTimestamps : []
    guard !packedStream else {
      return try PackedStation(driver, receive: queues.receive, hugePages: queues.hugePages, flags: flags)
    }
    if merge { flags.insert(.receiveEventMerge) }
    return try Station(
      driver, receive: queues.receive, transmit: address.isEmpty ? 0 : queues.transmit, hugePages: queues.hugePages,
      flags: flags)
  }
}
