import Compilers
import Foundation
import Testing

/// Structures lie in memory as in Onload 9.2 on x86-64, so that programs and libraries that were compiled against either
/// headers work together.
@Suite struct LayoutTests {
  static let prelude =
    Headers.all + """
      #include <stddef.h>
      #include <stdio.h>
      #include <string.h>
      #ifdef __cplusplus
      #include <type_traits>
      #pragma GCC diagnostic ignored "-Wignored-attributes"
      #define TYPE(expression) decltype(expression)
      #define SAME(name, type, ...) static_assert(std::is_same<type, __VA_ARGS__>::value, name)
      #else
      #define TYPE(expression) __typeof__(expression)
      #define SAME(name, type, ...) _Static_assert(__builtin_types_compatible_p(type, __VA_ARGS__), name)
      #endif

      """

  /// The rows that a program prints, against those of a table.
  private func compare(_ source: String, _ expected: [[String]], _ dialect: Headers.Dialect) throws {
    let lines = try Headers.output(Self.prelude + source, dialect).split(separator: "\n").map(String.init)
    let expected = expected.map { $0.joined(separator: " ") }
    try #require(lines.count == expected.count, "\(lines.prefix(20).joined(separator: "\n"))")
    for (line, row) in zip(lines, expected) { #expect(line == row) }
  }

  @Test(arguments: Headers.usual) func typesHaveTheirSizesAndAlignments(_ dialect: Headers.Dialect) throws {
    let rows = try Golden.named("sizes").rows
    #expect(rows.contains(["ef_vi", "1336", "8"]))
    let lines = rows.map { #"printf("\#($0[0]) %zu %zu\n", sizeof(\#($0[0])), (size_t)__alignof__(\#($0[0])));"# }
    try compare("int main(void) {\n\(lines.joined(separator: "\n"))\nreturn 0;\n}\n", rows, dialect)
  }

  @Test(arguments: Headers.usual) func fieldsHaveTheirPlacesSizesAndTypes(_ dialect: Headers.Dialect) throws {
    let rows = try Golden.named("fields").rows
    #expect(rows.contains { $0.prefix(4) == ["ef_vi", "ops.transmit", "1032", "8"] })
    var lines: [String] = []
    for row in rows {
      let (type, field) = (row[0], row[1])
      let member = "((\(type) *)0)->\(field)"
      if row[3] == "-" {
        lines.append(#"printf("\#(type) \#(field) %zu -\n", offsetof(\#(type), \#(field)));"#)
      } else {
        lines.append(
          #"printf("\#(type) \#(field) %zu %zu\n", offsetof(\#(type), \#(field)), sizeof(\#(member)));"#)
      }
      if row[4] != "-" { lines.append(#"SAME("\#(type) \#(field)", TYPE(\#(member)), \#(row[4]));"#) }
    }
    try compare(
      "int main(void) {\n\(lines.joined(separator: "\n"))\nreturn 0;\n}\n", rows.map { Array($0.prefix(4)) }, dialect)
  }

  /// Each field of bits is set to ones in a structure of zeros: the bits that are set are its own.
  @Test(arguments: Headers.usual) func fieldsOfBitsHaveTheirPlaces(_ dialect: Headers.Dialect) throws {
    let rows = try Golden.named("bits").rows
    #expect(rows.contains(["ef_event", "tx_timestamp.ts_nsec", "96", "30"]))
    var source = """
      static void show(const char *name, const void *start, size_t size) {
        const unsigned char *bytes = (const unsigned char *)start;
        size_t first = size * 8, count = 0;
        for (size_t bit = size * 8; bit-- > 0;)
          if (bytes[bit / 8] >> bit % 8 & 1) first = bit, count++;
        printf("%s %zu %zu\\n", name, first, count);
      }
      int main(void) {

      """
    for row in rows {
      source += """
          { \(row[0]) value; memset(&value, 0, sizeof value); value.\(row[1]) -= 1;
            show("\(row[0]) \(row[1])", &value, sizeof value); }

        """
    }
    try compare(source + "return 0;\n}\n", rows, dialect)
  }

  @Test(arguments: Headers.usual) func constantsAndEnumeratorsHaveTheirValues(_ dialect: Headers.Dialect) throws {
    let rows = try Golden.named("values").rows
    #expect(rows.count == 33 + 171)
    let lines = rows.map { #"printf("\#($0[0]) %lld\n", (long long)\#($0[0]));"# }
    try compare("int main(void) {\n\(lines.joined(separator: "\n"))\nreturn 0;\n}\n", rows, dialect)
  }

  @Test(arguments: Headers.usual) func functionsHaveTheirTypes(_ dialect: Headers.Dialect) throws {
    let rows = try Golden.named("signatures").rows
    let names = try Golden.callables().filter { $0.kind != "macro" }.map(\.name)
    #expect(Set(rows.map { $0[0] }) == Set(names))
    let lines = rows.map { #"SAME("\#($0[0])", TYPE(&\#($0[0])), \#($0[1]));"# }
    let source = """
      #pragma GCC diagnostic ignored "-Wdeprecated-declarations"
      int main(void) {
      \(lines.joined(separator: "\n"))
      return 0;
      }

      """
    #expect(try Headers.output(Self.prelude + source, dialect) == "")
  }
}
