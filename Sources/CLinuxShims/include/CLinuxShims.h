#pragma once

// Kernel interfaces that Swift cannot import (macros, variadic calls, structures missing from older headers).
// One header a concern; each is `static inline` only.

#include "barrier.h"
#include "counters.h"
#include "lab.h"
#include "lines.h"
#include "meeting.h"
#include "tap.h"
#include "timer.h"
#include "wake.h"
#include "PacketNamespaceShims.h"
#include "PacketSocketShims.h"
#include "PacketStealShims.h"
#include "XDPShims.h"
