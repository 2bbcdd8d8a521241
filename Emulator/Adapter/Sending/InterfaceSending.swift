import EtherFabric
import EtherFabricFormats
import Glibc

/// What the transmit ring of an EF10 interface can do beside DMA sends, apart from `InterfaceState` so that a plain send
/// touches nothing of it.
struct InterfaceSending {
  // PIO.
  /// The linked buffer, of `DoorbellPage.pioBufferSize` bytes.
  var pioBuffer: UnsafeMutableRawPointer?

  // Cut-through.
  /// Where the host writes frames; nil without `InterfaceFlags.cutThrough`.
  let aperture: UnsafeMutableRawPointer?
  /// A cut-through frame has gone out: the next packet of the ring is its fallback, and not sent.
  var awaitsFallback = false
  /// When it went out.
  var cutThroughTime: UInt64 = 0

  // Alternatives.
  /// In the order in which the host numbers them.
  var fifos: UnsafeMutablePointer<AlternativeFIFO>?
  var fifoCount = 0
  /// Their place by the number that the hardware has for them.
  var fifoIndex = [32 of UInt8](repeating: Self.noFIFO)
  /// Where sends go, `AlternativeDescriptor.normalPath` for the wire.
  var selected = AlternativeDescriptor.normalPath
  /// Bytes for the frames of all alternatives with their overhead, and how many are taken.
  var room = 0
  var used = 0

  static let noFIFO: UInt8 = 0xff

  init(flags: InterfaceFlags) {
    guard flags.contains(.cutThrough) else {
      aperture = nil
      return
    }
    let page = UnsafeMutableRawPointer.allocate(
      byteCount: DoorbellPage.ctpioApertureSize, alignment: DoorbellPage.ctpioApertureSize)
    memset(page, 0, DoorbellPage.ctpioApertureSize)
    aperture = page
  }

  mutating func deallocate() {
    freeAlternatives()
    aperture?.deallocate()
  }

  /// - Parameter numbers: the hardware's.
  mutating func makeAlternatives(_ numbers: [UInt8], room: Int) {
    let fifos = UnsafeMutablePointer<AlternativeFIFO>.allocate(capacity: numbers.count)
    for (index, number) in numbers.enumerated() {
      (fifos + index).initialize(to: AlternativeFIFO(capacity: room))
      fifoIndex[Int(number)] = UInt8(index)
    }
    self.fifos = fifos
    self.room = room
    fifoCount = numbers.count
    used = 0
  }

  /// All are stopped and hold nothing, as at first.
  mutating func emptyAlternatives() {
    for index in 0..<fifoCount { fifos?[index].empty() }
    used = 0
  }

  mutating func freeAlternatives() {
    for index in 0..<fifoCount { fifos?[index].deallocate() }
    fifos?.deallocate()
    fifos = nil
    fifoCount = 0
    fifoIndex = [32 of UInt8](repeating: Self.noFIFO)
    selected = AlternativeDescriptor.normalPath
    used = 0
  }

  /// The alternative of a hardware number, nil where it is not the interface's.
  func fifo(_ number: UInt8) -> UnsafeMutablePointer<AlternativeFIFO>? {
    guard number < 32, fifoIndex[Int(number)] != Self.noFIFO, let fifos else { return nil }
    return fifos + Int(fifoIndex[Int(number)])
  }

  /// Whether sends need a look at this: else they are fetched, sent and completed, and that is all.
  var sendsPlainly: Bool { !awaitsFallback && fifoCount == 0 }
}
