#!/bin/sh
# make-link.sh FOLDER: what every Haskell program is linked with, prepared once: the C main function that GHC
# writes and compiles anew for each program, and the linker's arguments.
set -eu
out=$1
mkdir -p "$out"
lib=$(echo /usr/lib/ghc/lib/x86_64-linux-ghc-*)
rts=$(echo "$lib"/rts-1*)
cat >"$out/main.c" <<'C'
#include <Rts.h>
extern StgClosure ZCMain_main_closure;
int main(int argc, char *argv[]) {
  RtsConfig config = defaultRtsConfig;
  config.rts_opts_enabled = RtsOptsSafeOnly;
  config.rts_opts_suggestions = true;
  config.keep_cafs = false;
  config.rts_hs_main = true;
  return hs_main(argc, argv, &ZCMain_main_closure, config);
}
C
gcc -O2 -fPIC -I"$rts/include" -c "$out/main.c" -o "$out/main.o"
gcc_lib=/usr/lib/gcc/x86_64-linux-gnu/14
sys=/usr/lib/x86_64-linux-gnu
{
  printf '%s\n' --no-fork --thread-count=1 -no-pie -dynamic-linker /lib64/ld-linux-x86-64.so.2 \
    "$sys/crt1.o" "$sys/crti.o" "$gcc_lib/crtbegin.o" "$out/main.o" -rpath "$lib" --as-needed
  # The packages that come with GHC, but GHC itself; those that a program does not use are not asked for at its start.
  for library in "$lib"/libHS*-ghc*.so; do
    case ${library##*/} in
      libHSghc-9* | libHSCabal* | libHSrts-* | libHSlibiserv* | libHSghci-* | libHShaskeline*) ;;
      *) echo "$library" ;;
    esac
  done
  printf '%s\n' "-L$gcc_lib" "-L$sys" -lgmp -lm -lc -lgcc -lgcc_s "$gcc_lib/crtend.o" "$sys/crtn.o"
} >"$out/link"
ls "$lib"/libHSrts-1.0.2-ghc*.so "$lib"/libHSrts-1.0.2_thr-ghc*.so
ln -s "$lib"/libHSrts-1.0.2-ghc*.so "$out/rts.so"
ln -s "$lib"/libHSrts-1.0.2_thr-ghc*.so "$out/rts-threaded.so"
