// swift-format-ignore-file: AlwaysUseLowerCamelCase, the names are those of C.

import CiulHeaders
import EtherFabric
import Glibc
import Synchronization

@c @implementation
public func ef_vi_receive_query_layout(
  _ vi: UnsafeMutablePointer<ef_vi>!, _ table: UnsafeMutablePointer<UnsafePointer<ef_vi_layout_entry>?>!,
  _ count: UnsafeMutablePointer<CInt>!
) -> CInt {
  guard let table, let count else { return invalid }
  return within(vi, else: invalid) { interface in
    answer { () throws(EtherFabricError) in
      let fields = try interface.pointee.receiveLayout
      table.pointee = UnsafePointer(LayoutTables.table(fields))
      count.pointee = CInt(fields.count)
      return 0
    }
  }
}

/// Tables that callers may keep: one for each layout there is, made at its first use.
private enum LayoutTables {
  private static let tables = Mutex<[Int: UInt]>([:])

  static func table(_ fields: [PrefixField]) -> UnsafeMutablePointer<ef_vi_layout_entry>? {
    let key = fields.reduce(0) { $0 | 1 << $1.kind.rawValue | ($1.kind == .frame ? $1.offset << 8 : 0) }
    let address = tables.withLock { tables in
      if let known = tables[key] { return known }
      let made = UInt(bitPattern: make(fields))
      tables[key] = made
      return made
    }
    return UnsafeMutablePointer(bitPattern: address)
  }

  private static func make(_ fields: [PrefixField]) -> UnsafeMutablePointer<ef_vi_layout_entry> {
    let table = UnsafeMutablePointer<ef_vi_layout_entry>.allocate(capacity: fields.count)
    for (index, field) in fields.enumerated() {
      let entry = ef_vi_layout_entry(
        evle_type: ef_vi_layout_type(rawValue: UInt32(field.kind.rawValue)), evle_offset: CInt(field.offset),
        evle_description: UnsafePointer(strdup(description(of: field.kind))))
      (table + index).initialize(to: entry)
    }
    return table
  }

  private static func description(of kind: PrefixField.Kind) -> String {
    switch kind {
    case .frame: "The packet"
    case .minorTicks: "Time of arrival: ticks below the second"
    case .packetLength: "Length of the packet"
    case .filterID: "Filter that the packet matched"
    }
  }
}
