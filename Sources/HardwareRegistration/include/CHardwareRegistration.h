#pragma once

// Nothing to call: linking this target makes `sfc:` devices exist.
