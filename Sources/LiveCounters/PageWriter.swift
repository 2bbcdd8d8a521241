import CLinuxShims
import Glibc
import Synchronization

/// Writes the part of a page that tells what the rest is.
struct PageWriter {
  let base: UnsafeMutableRawPointer

  func write(
    groups: [CounterGroup], places: [(offset: UInt64, stride: UInt64)], metadata: Int, byteCount: Int, device: String
  ) {
    typealias Header = PageLayout.Header
    store(PageLayout.magic, Header.magic)
    store(PageLayout.version, Header.version)
    store(UInt32(PageLayout.headerBytes), Header.headerBytes)
    store(UInt64(byteCount), Header.pageBytes)
    store(UInt32(metadata), Header.metadataBytes)
    store(UInt32(groups.count), Header.groups)
    store(UInt32(groups.map(\.fields.count).reduce(0, +)), Header.fields)
    store(UInt32(getpid()), Header.pid)
    store(ProcessIdentity.start(of: "self") ?? 0, Header.start)
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    store(UInt64(now.tv_sec) &* 1_000_000_000 &+ UInt64(now.tv_nsec), Header.opened)
    text(ProcessIdentity.program, Header.program, at: 0)
    text(device, Header.device, at: 0)

    var place = PageLayout.headerBytes
    var firstField = 0
    for (group, position) in zip(groups, places) {
      store(position.offset, place + PageLayout.Group.offset)
      store(position.stride, place + PageLayout.Group.stride)
      store(UInt32(group.instances), place + PageLayout.Group.instances)
      store(UInt32(firstField), place + PageLayout.Group.firstField)
      store(UInt32(group.fields.count), place + PageLayout.Group.fields)
      text(group.name, PageLayout.Group.name, at: place)
      firstField += group.fields.count
      place += PageLayout.groupBytes
    }
    for group in groups {
      for (index, field) in group.fields.enumerated() {
        store(UInt32(PageLayout.instanceHeader + 8 * index), place + PageLayout.Field.offset)
        store(field.kind.rawValue, place + PageLayout.Field.kind)
        text(field.unit, PageLayout.Field.unit, at: place)
        text(field.name, PageLayout.Field.name, at: place)
        text(field.help, PageLayout.Field.help, at: place)
        place += PageLayout.fieldBytes
      }
    }
    // Last: who sees this sees all.
    (base + Header.state).assumingMemoryBound(to: Atomic<UInt32>.self)
      .pointee.store(PageLayout.State.open, ordering: .releasing)
  }

  private func store<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, _ offset: Int) {
    base.storeBytes(of: value.littleEndian, toByteOffset: offset, as: Value.self)
  }

  /// As much of a text as there is room for, whole characters only.
  private func text(_ text: String, _ field: (offset: Int, bytes: Int), at place: Int) {
    var used = 0
    for character in text {
      let bytes = Array(String(character).utf8)
      guard used + bytes.count < field.bytes else { return }
      for (index, byte) in bytes.enumerated() {
        base.storeBytes(of: byte, toByteOffset: place + field.offset + used + index, as: UInt8.self)
      }
      used += bytes.count
    }
  }
}
