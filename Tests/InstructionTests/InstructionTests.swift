import Testing

/// What a packet costs does not grow unseen: a change that makes a path dearer changes the table with it.
@Suite(
  .enabled(if: InstructionCount.path != nil || InstructionCount.isRequired, "Scripts/test builds the probe that counts")
)
struct InstructionTests {
  @Test func theTableHasRows() {
    #expect(InstructionTable.rows.count >= 4)
  }

  @Test(arguments: InstructionTable.rows)
  func aPacketCostsWhatTheTableAllows(_ row: InstructionTable.Row) throws {
    let measured = try InstructionCount.tenthsPerPacket(row)
    #expect(
      measured * 100 <= row.tenths * 103, "\(Double(measured) / 10) instructions, \(Double(row.tenths) / 10) allowed")
    #expect(measured > 1000, "the probe moved nothing")
  }
}
