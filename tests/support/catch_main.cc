// The main function of every unit test: Catch2 2.x wants it defined in one file, 3.x has its own.
#if !__has_include(<catch2/catch_all.hpp>)
#define CATCH_CONFIG_MAIN
#endif
#include "tests/support/catch.h"
