// error: 'frame' consumed more than once
import EtherFabric

func releaseTwice(_ frame: consuming ReceivedFrame) {
  frame.release()
  frame.release()
}
