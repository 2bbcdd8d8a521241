import EmulatedAdapter
import EtherFabric

/// What befalls adapters.
final class Chaos: Party {
  let name = "chaos"
  private let adapters: [EmulatedAdapter]
  private let isExpress: Bool
  private(set) var resets = 0

  init(_ adapters: [EmulatedAdapter], isExpress: Bool) {
    self.adapters = adapters
    self.isExpress = isExpress
  }

  func step(_ random: inout Random) throws {
    let adapter = adapters[random.next(adapters.count)]
    switch random.next(2000) {
    case 0..<8: adapter.setLink(up: false)
    case 8..<200: adapter.setLink(up: true)
    case 200..<260: adapter.failNextCutThroughs(1 + random.next(4), underrun: random.next(2) == 0)
    case 260..<264: adapter.setMTU(random.next(2) == 0 ? 800 : 1500)
    case 264:
      // Express interfaces are not told of a reset.
      guard !isExpress, random.next(4) == 0 else { return }
      adapter.reset()
      resets += 1
    default: adapter.service()
    }
  }

  func drain() throws -> Bool {
    for adapter in adapters {
      adapter.setLink(up: true)
      adapter.failNextCutThroughs(0)
      adapter.service()
    }
    return false
  }

  func finish() throws -> [String] { [] }
}
