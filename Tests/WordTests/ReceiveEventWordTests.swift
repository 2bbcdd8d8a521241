import EtherFabricFormats
import Testing

@Suite struct ReceiveEventWordTests {
  typealias Bit = ReceiveEventWord.Bit

  @Test func aPlainEventIsTheGoldenWord() {
    #expect(ReceiveEventWord(bytes: 74, label: 0, pointer: 1).word == 0x0001_0000_0000_004a)
    let read = ReceiveEventWord(word: 0x0001_0000_0000_004a)
    #expect(read.bytes == 74 && read.pointer == 1 && !read.continues && !read.isMulticast)
    #expect(EventWord(word: read.word).code == EventWord.Code.receive && EventWord(word: read.word).label == 0)
  }

  @Test func theClassesAreTheGoldenBits() {
    // Multicast, IPv4, UDP by the bits of the X2: 35, 42 and 46.
    let classes = ReceiveEventWord.classes(l2: 0, vlanTags: 0, l3: 1, l4: 2, multicast: true)
    #expect(classes == 0x0000_4408_0000_0000)
    let read = ReceiveEventWord(word: 0x0001_4408_0000_004a)
    #expect(read.isMulticast && read.l3Class == 1 && read.l4Class == 2 && read.l2Class == 0 && read.vlanTags == 0)
    let tagged = ReceiveEventWord(word: ReceiveEventWord.classes(l2: 2, vlanTags: 2, l3: 6, l4: 1, multicast: false))
    #expect(tagged.word == 0x0000_3920_0000_0000)
    #expect(tagged.l2Class == 2 && tagged.vlanTags == 2 && tagged.l3Class == 6 && tagged.l4Class == 1)
    #expect(!tagged.isMulticast)
  }

  @Test func aFragmentIsTheGoldenWord() {
    #expect(ReceiveEventWord(bytes: 1792, label: 0, pointer: 1, flags: Bit.continues).word == 0x0001_0000_0000_4700)
    let read = ReceiveEventWord(word: 0x0002_0000_0000_4700)
    #expect(read.continues && read.bytes == 1792 && read.pointer == 2)
  }

  static let errors: [(UInt64, UInt64)] = [
    (Bit.frameCheckBad, 0x0001_0000_0100_004a), (Bit.ipChecksumBad, 0x0001_0000_0200_004a),
    (Bit.l4ChecksumBad, 0x0001_0000_0400_004a), (Bit.truncated, 0x0001_0000_2000_004a),
    (Bit.innerIPChecksumBad, 0x0101_0000_0000_004a), (Bit.innerL4ChecksumBad, 0x0201_0000_0000_004a),
    (Bit.aborted, 0x0001_0000_4000_004a), (Bit.parseIncomplete, 0x0001_0000_0000_804a),
    (Bit.anyError, 0x0301_0000_2700_004a),
  ]

  @Test(arguments: errors)
  func anErrorIsTheGoldenBit(_ bit: UInt64, _ word: UInt64) {
    #expect(ReceiveEventWord(bytes: 74, label: 0, pointer: 1, flags: bit).word == word)
    #expect(ReceiveEventWord(word: word).bytes == 74)
  }

  @Test func lengthLabelAndPointerKeepToTheirBits() {
    #expect(ReceiveEventWord(bytes: 0x3fff, label: 0, pointer: 1).word == 0x0001_0000_0000_3fff)
    #expect(ReceiveEventWord(bytes: 60, label: 31, pointer: 0x12345).word == 0x0005_0000_001f_003c)
    #expect(EventWord(word: 0x0005_0000_001f_003c).label == 31)
    #expect(ReceiveEventWord(word: 0x000f_ffff_ffff_ffff & ~0xfff0_0000_0000).pointer == 15)
  }

  @Test func aSlotIsEmptyWhileEitherHalfIsAllOnes() {
    #expect(!EventWord.empty.isPresent)
    #expect(!EventWord(word: 0x0001_0000_ffff_ffff).isPresent)
    #expect(!EventWord(word: 0xffff_ffff_0000_003c).isPresent)
    #expect(EventWord(word: 0).isPresent)
    #expect(EventWord(word: 0xffff_fffe_ffff_fffe).isPresent)
  }
}
