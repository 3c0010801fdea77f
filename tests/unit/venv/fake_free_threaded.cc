// A program that exports what a free-threaded CPython 3.14.0rc2 does, as far as `ensure` looks.

// NOLINTBEGIN(readability-identifier-naming,bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
extern "C" {
extern const unsigned long Py_Version;
const unsigned long Py_Version = 0x030e00c2;

__attribute__((used)) void _Py_MergeZeroLocalRefcount(void* /*object*/) {}
__attribute__((used)) int Py_BytesMain(int /*count*/, char** /*arguments*/) { return 0; }
}
// NOLINTEND(readability-identifier-naming,bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

int main(int count, char** arguments) { return Py_BytesMain(count, arguments); }
