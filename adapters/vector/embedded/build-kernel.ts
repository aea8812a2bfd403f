// Compiles the scan kernel below and prints the module as base64, which kernel.ts holds. Run: npm run build:kernel
import wabt from 'wabt';

/**
 * score[r] = Σ q[i]·v[r][i] over int8 rows; `width` is a multiple of 16. Each step multiplies 16 lanes: the low and high
 * halves are widened to 16 bits and summed in pairs into four 32-bit lanes, which cannot overflow below 2^17 dimensions.
 */
const source = `
(module
  (import "env" "memory" (memory 1))
  (func (export "scan") (param $query i32) (param $rows i32) (param $count i32) (param $width i32) (param $scores i32)
    (local $end i32) (local $q i32) (local $stop i32) (local $sum v128) (local $a v128) (local $b v128)
    (local.set $end (i32.add (local.get $scores) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $row
        (br_if $done (i32.ge_u (local.get $scores) (local.get $end)))
        (local.set $sum (v128.const i32x4 0 0 0 0))
        (local.set $q (local.get $query))
        (local.set $stop (i32.add (local.get $query) (local.get $width)))
        (loop $lane
          (local.set $a (v128.load (local.get $q)))
          (local.set $b (v128.load (local.get $rows)))
          (local.set $sum (i32x4.add (local.get $sum)
            (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $a)) (i16x8.extend_low_i8x16_s (local.get $b)))))
          (local.set $sum (i32x4.add (local.get $sum)
            (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $a)) (i16x8.extend_high_i8x16_s (local.get $b)))))
          (local.set $q (i32.add (local.get $q) (i32.const 16)))
          (local.set $rows (i32.add (local.get $rows) (i32.const 16)))
          (br_if $lane (i32.lt_u (local.get $q) (local.get $stop))))
        (i32.store (local.get $scores)
          (i32.add
            (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 1 (local.get $sum)))
            (i32.add (i32x4.extract_lane 2 (local.get $sum)) (i32x4.extract_lane 3 (local.get $sum)))))
        (local.set $scores (i32.add (local.get $scores) (i32.const 4)))
        (br $row)))))
`;

const { parseWat } = await wabt();
const module = parseWat('scan.wat', source, { simd: true });
const { buffer } = module.toBinary({});
process.stdout.write(`${Buffer.from(buffer).toString('base64')}\n`);
