import ArgumentParser
import EmulatedWires
import EtherFabric

/// `efvi capture`.
struct CaptureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "capture",
    abstract: "Writes frames with their receive timestamps into a pcap file of nanosecond resolution.",
    discussion: """
      The timestamps are the virtual interface's own. Frames that it did not stamp get the system's time and are \
      counted as 'unstamped'. Without a filter everything is taken.

      Where the adapter has packed stream, frames arrive one behind the other in large buffers: one event for up to \
      fifteen, and no buffer for each. 'reception' in the totals tells what was used.

      On emu:afpacket the receive ring has \(CaptureDevice.slots) slots, in at most 32 MiB of memory, where the device \
      string has no slots= of its own: frames wait there while the file takes its time.

      \(FilterArgument.help)

      EXAMPLES
        efvi capture emu:afpacket:eth0 --write frames.pcap --count 1000
        efvi capture emu:afpacket:eth0 --write - --snaplen 64 | tcpdump -r - -n

      \(ExitStatus.help)
      """)

  @Argument(help: "The device to receive on.")
  var device: String

  @Argument(help: "What to receive.", transform: FilterArgument.parse)
  var filters: [FilterArgument] = []

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The file; - is standard output, and the totals go to standard error.", valueName: "file"))
  var write: String

  @Option(help: "Stop after this many frames.")
  var count: Quantity?

  @Option(help: ArgumentHelp("Most bytes to keep of a frame, 1 to 262144.", valueName: "bytes"))
  var snaplen = 262_144

  @Option(help: "Packed stream: auto where the adapter has it, on or off.")
  var packedStream = PackedStreamUse.auto

  @OptionGroup var runOptions: RunOptions
  @OptionGroup var queues: QueueOptions

  func run() throws {
    let source = try open()
    let writer = try CaptureWriter(path: write, snapLength: snaplen, bufferBytes: 1 << 16)
    try source.add(filters.isEmpty ? FilterArgument.everything : filters)
    var frames = CapturedFrames(writer: writer, limit: count?.count)
    let limit = RunLimit(count: count?.count, seconds: runOptions.seconds)
    var progress = Progress(quiet: runOptions.quiet)
    // The ring keeps what comes meanwhile, and who sleeps is not made to wait when there is work.
    var idle = Idle(spins: runOptions.spin, patience: 200)
    var now = limit.start
    var stop = limit.stop(after: 0, now: now)
    while stop == nil, !frames.hasFailed {
      let taken = try source.poll { arrival in frames.take(arrival) }
      idle.after(taken)
      now = MonotonicClock.now()
      // A reader at the end of a pipe sees frames when there is time for it.
      if taken == 0 { try frames.flush(at: now) }
      progress.update(frames.written, now: now, "captured")
      stop = limit.stop(after: frames.written, now: now)
    }
    progress.clear()
    try writer.close()
    let report = frames.report(source, elapsed: now - limit.start, stop: stop)
    let totals = runOptions.json ? report.json : report.text
    if write == "-" { Output.note(totals) } else { Output.write(totals) }
    if let stop, limit.status(for: stop) != .success { throw limit.status(for: stop) }
  }

  private func open() throws(EtherFabricError) -> any FrameSource {
    let driver = try Driver.open(CaptureDevice.string(device))
    let isPacked = packedStream == .on || packedStream == .auto && PackedStation.isAvailable(driver)
    guard isPacked else {
      return try Station(
        driver, receive: queues.receive, transmit: 0, hugePages: queues.hugePages, flags: .receiveTimestamps)
    }
    // The largest ring of single buffers is more than packed stream has.
    let receive = packedStream == .auto ? min(queues.receive, 2048) : queues.receive
    return try PackedStation(driver, receive: receive, hugePages: queues.hugePages, flags: .receiveTimestamps)
  }
}
