import Compilers
import Foundation
import Testing

/// What macros and inline functions do. The programs are in `Programs`, beside each what it writes, as it does over
/// Onload's headers too.
@Suite struct BehaviourTests {
  static let programs = ["dispatch", "events", "inlines"]
  static let dialects = Headers.dialects(c: ["c99", "gnu17"], cPlusPlus: ["c++17"])

  static func file(_ name: String) -> URL {
    Command.root.appending(path: "Tests/CHeaderTests/Programs/\(name)")
  }

  @Test(arguments: programs, dialects)
  func programsWriteWhatTheyWriteOverOnloadsHeaders(_ name: String, _ dialect: Headers.Dialect) throws {
    let expected = try String(contentsOf: Self.file("\(name).txt"), encoding: .utf8)
    let written = try Headers.withScratch { try Headers.output(of: Self.file("\(name).c"), dialect, $0) }
    #expect(written.split(separator: "\n") == expected.split(separator: "\n"))
  }

  @Test func noMacroAndNoInlineFunctionIsLeftOut() throws {
    let sources = try Self.programs.map { try String(contentsOf: Self.file("\($0).c"), encoding: .utf8) }.joined()
    for callable in try Golden.callables() where callable.kind != "function" {
      let isCalled = sources.contains("\(callable.name)(") || sources.contains(", \(callable.name))")
      #expect(isCalled, "\(callable.name)")
    }
  }

  /// Counts run over at 2^32 with packets outstanding; and the loop may be the body of an `if` that has an `else`.
  @Test(arguments: Headers.usual) func lostTransmitsAreFoundWhenCountsRunOver(_ dialect: Headers.Dialect) throws {
    let source =
      Headers.all + """
        #include <stdio.h>
        int main(void) {
          static ef_vi vi;
          static ef_vi_state state;
          static uint32_t ids[4] = {10, 11, EF_REQUEST_ID_MASK, 13};
          ef_request_id id;
          vi.vi_txq.mask = 3;
          vi.vi_txq.ids = ids;
          vi.ep_state = &state;
          state.txq.removed = 0xfffffffe;
          state.txq.added = 2;
          if (vi.vi_txq.mask)
            ef_vi_for_each_tx_error_failed_transmit(&vi, id) printf("%d ", id);
          else
            printf("no ring ");
          printf("%u\\n", state.txq.removed);
          // Counts that no ring has: nothing is read.
          state.txq.removed = 7;
          ef_vi_for_each_tx_error_failed_transmit(&vi, id) printf("%d ", id);
          return 0;
        }

        """
    #expect(try Headers.output(source, dialect) == "13 10 11 2\n")
  }
}
