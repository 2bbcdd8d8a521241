#pragma once

// Nothing to call: linking this target makes `emu:` devices exist.
