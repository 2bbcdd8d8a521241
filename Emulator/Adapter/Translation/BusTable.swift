import EtherFabric
import Glibc

/// Memory as the bus has it, for domains with physical addresses. The emulated adapter has no bus: its addresses are
/// numbers that it makes up, above those of buffer mode, so that no address of one kind is good for the other. As on a
/// real bus, whoever may use physical addresses reaches all memory that is there under one, of other domains too.
struct BusTable {
  /// 4 GiB of memory can be registered at a time.
  static let pageCount = 1 << 20
  static let firstPage = 1 << 8
  /// The bit that every bus address has: above the table of buffer mode, below the 48 bits of a descriptor.
  static let addressBit: UInt64 = 1 << 43
  /// The bit that the numbers of physical domains have.
  static let domainBit: UInt32 = 1 << 31

  /// The host's address of each page, 0 where there is none.
  let hosts: UnsafeMutablePointer<UInt>

  private static var byteCount: Int { pageCount * MemoryLayout<UInt>.stride }

  init?() {
    let memory = mmap(
      nil, Self.byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let memory, memory != MAP_FAILED else { return nil }
    hosts = memory.bindMemory(to: UInt.self, capacity: Self.pageCount)
  }

  func deallocate() { munmap(hosts, Self.byteCount) }

  /// The host address of `length` bytes at a bus address; nil where there is nothing, or not so much in one piece.
  @inline(never)
  func translate(_ address: UInt64, length: Int, domain: UInt32) -> UnsafeMutableRawPointer? {
    guard domain & Self.domainBit != 0, address >= Self.addressBit else { return nil }
    let position = address &- Self.addressBit
    let first = position >> 12
    let last = (position &+ UInt64(max(length, 1)) &- 1) >> 12
    guard last < UInt64(Self.pageCount) else { return nil }
    let host = hosts[Int(first)]
    guard host != 0 else { return nil }
    for page in first...last where hosts[Int(page)] != host &+ UInt(page &- first) << 12 { return nil }
    return UnsafeMutableRawPointer(bitPattern: host &+ UInt(position & 0xfff))
  }

  func map(_ run: BusRun) {
    for page in 0..<run.count { hosts[run.first + page] = UInt(bitPattern: run.host) + UInt(page) << 12 }
  }

  func unmap(_ run: BusRun) {
    for page in 0..<run.count { hosts[run.first + page] = 0 }
  }
}

/// Pages of a registration that follow each other on the bus.
struct BusRun {
  /// Pages of a huge page of 2 MiB.
  static let hugePage = 512

  var first: Int
  var count: Int
  var host: UnsafeMutableRawPointer

  var addresses: [DMAAddress] {
    (first..<first + count).map { DMAAddress(rawValue: BusTable.addressBit + UInt64($0) << 12) }
  }

  /// A registration in pages and whole huge pages: their offsets and lengths, in pages.
  static func split(_ base: UnsafeMutableRawPointer, pages: Int) -> [(offset: Int, count: Int)] {
    var parts: [(offset: Int, count: Int)] = []
    var offset = 0
    while offset < pages {
      let page = Int(bitPattern: base) >> 12 + offset
      let count = page % hugePage == 0 && pages - offset >= hugePage ? hugePage : 1
      parts.append((offset, count))
      offset += count
    }
    return parts
  }
}
