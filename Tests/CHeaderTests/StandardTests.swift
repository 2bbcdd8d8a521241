import Compilers
import Foundation
import Testing

/// The headers compile without a warning, each of them as the first and only one.
@Suite struct StandardTests {
  static let dialects = Headers.dialects(c: ["c99", "c11", "gnu17"], cPlusPlus: ["c++17"])

  @Test func compilersOfBothLanguagesAreThere() {
    #expect(!CCompiler.installed(.c).isEmpty && !CCompiler.installed(.cPlusPlus).isEmpty)
  }

  @Test(arguments: dialects) func eachHeaderCompilesAlone(_ dialect: Headers.Dialect) throws {
    try Headers.withScratch { folder in
      let files = try Headers.names.map { name in
        let file = folder.appending(path: "only_\(name).c")
        try "#include <etherfabric/\(name)>\n".write(to: file, atomically: true, encoding: .utf8)
        return file.path
      }
      let result = try dialect(["-fsyntax-only"] + files)
      #expect(result.status == 0, "\(result.output)")
      #expect(result.output.isEmpty)
    }
  }

  @Test(arguments: dialects) func allCompileTogetherInAnyOrderAndTwice(_ dialect: Headers.Dialect) throws {
    let reversed = Headers.names.reversed().map { "#include <etherfabric/\($0)>\n" }.joined()
    let source = reversed + Headers.all + "int main(void) { return sizeof(ef_vi) == 0; }\n"
    #expect(try Headers.output(source, dialect) == "")
  }

  /// Programs test these names to see which headers are included, so they are part of the API.
  @Test func includedHeadersAreKnownByTheirGuards() throws {
    for name in Headers.names {
      let stem = name.dropLast(2).uppercased()
      let guardName = name == "timer.h" ? "__ETHERFABRIC_TOOLS_H__" : "__EFAB_\(stem)_H__"
      let source =
        "#include <etherfabric/\(name)>\n#ifndef \(guardName)\n#error\n#endif\nint main(void) { return 0; }\n"
      #expect(try Headers.output(source, Headers.usual[0]) == "")
    }
  }

  /// Names that are no numbers: attributes, formats, types.
  @Test(arguments: Headers.usual) func attributesAndFormatsWork(_ dialect: Headers.Dialect) throws {
    let source =
      Headers.all + """
        #include <stdio.h>
        #include <string.h>
        ef_vi_inline int one(void) { return 1; }
        static ef_vi_noinline ef_vi_cold int two(void) { return 2; }
        static ef_vi_pure int three(const int *three) { return *three; }
        int main(void) {
          const ef_timespec now = {0, 3};
          const int number = (int)now.tv_nsec;
          const struct timespec *same = &now;
          printf("%d %d %d %ld %s %s\\n", one(), two(), three(&number), same->tv_nsec, EF_EVENT_FMT,
                 strcmp(EF_ADDR_FMT, "%" PRIx64) ? "" : "PRIx64");
          return 0;
        }

        """
    #expect(try Headers.output(source, dialect) == "1 2 3 3 [ev:%x] PRIx64\n")
  }
}
