// swift-format-ignore-file: AlwaysUseLowerCamelCase, the names are those of C.

import CiulHeaders
import EtherFabric
import Glibc

@c @implementation
public func ef_vi_stats_query_layout(
  _ vi: UnsafeMutablePointer<ef_vi>!, _ layout: UnsafeMutablePointer<UnsafePointer<ef_vi_stats_layout>?>!
) -> CInt {
  guard let layout else { return invalid }
  return within(vi, else: invalid) { interface in
    answer { () throws(EtherFabricError) in
      _ = try interface.pointee.statisticsLayout
      layout.pointee = UnsafePointer(StatisticsTable.memory)
      return 0
    }
  }
}

@c @implementation
public func ef_vi_stats_query(
  _ vi: UnsafeMutablePointer<ef_vi>!, _ handle: ef_driver_handle, _ data: UnsafeMutableRawPointer!, _ reset: CInt
) -> CInt {
  guard let data else { return invalid }
  return withinOwned(vi, handle, "ef_vi_stats_query") { interface, _ throws(EtherFabricError) in
    let layout = try interface.pointee.statisticsLayout
    try interface.pointee.queryStatistics(
      into: UnsafeMutableRawBufferPointer(start: data, count: layout.byteCount), reset: reset != 0)
    return 0
  }
}

/// A table that callers may keep: two numbers, and a row for each counter.
private enum StatisticsTable {
  nonisolated(unsafe) static let memory = make(.receiveErrors)

  private static func make(_ layout: StatisticsLayout) -> UnsafeMutablePointer<ef_vi_stats_layout> {
    let rows = MemoryLayout<ef_vi_stats_layout>.stride
    let row = MemoryLayout<ef_vi_stats_field_layout>.stride
    let memory = UnsafeMutableRawPointer.allocate(byteCount: rows + layout.fields.count * row, alignment: 16)
    let head = memory.assumingMemoryBound(to: ef_vi_stats_layout.self)
    head.pointee.evsl_data_size = CInt(layout.byteCount)
    head.pointee.evsl_fields_num = CInt(layout.fields.count)
    for (index, field) in layout.fields.enumerated() {
      let entry = ef_vi_stats_field_layout(
        evsfl_name: strdup(field.name), evsfl_offset: CInt(field.offset), evsfl_size: CInt(field.size))
      (memory + rows + index * row).initializeMemory(as: ef_vi_stats_field_layout.self, to: entry)
    }
    return head
  }
}
