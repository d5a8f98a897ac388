package io.irscale.cli;

import io.irscale.Ensemble;
import io.irscale.LoraMode;
import io.irscale.data.image.RangeChoice;
import io.irscale.decode.CountRange;
import io.irscale.denoise.Kernel;
import io.irscale.error.InvalidInputException;
import io.irscale.lora.LoraSpec;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How option values are read. */
public final class Converters {
    private Converters() {}

    /** {@code cpu}, {@code cuda} or {@code cuda:N}. */
    public static final class OfDevice implements ITypeConverter<Device> {
        @Override
        public Device convert(String text) {
            try {
                return Device.parse(text);
            } catch (InvalidInputException e) {
                throw new TypeConversionException(OneLine.of(e));
            }
        }
    }

    /** {@code fp32} or {@code bf16}. */
    public static final class OfDType implements ITypeConverter<DType> {
        @Override
        public DType convert(String text) {
            return switch (text) {
                case "fp32" -> DType.F32;
                case "bf16" -> DType.BF16;
                default -> throw new TypeConversionException("dtype is '" + text + "', expected fp32 or bf16");
            };
        }
    }

    /** A kernel's name. */
    static final class OfKernel implements ITypeConverter<Kernel> {
        @Override
        public Kernel convert(String text) {
            return Stream.of(Kernel.values())
                    .filter(kernel -> kernel.toString().equals(text))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException(
                            "kernel is '" + text + "', expected one of " + Arrays.toString(Kernel.values())));
        }
    }

    /** {@code rgb8}, {@code grey8} or {@code grey16}. */
    static final class OfPixelFormat implements ITypeConverter<PixelFormat> {
        @Override
        public PixelFormat convert(String text) {
            return Stream.of(PixelFormat.values())
                    .filter(format -> format.toString().equals(text))
                    .findFirst()
                    .orElseThrow(() ->
                            new TypeConversionException("format is '" + text + "', expected rgb8, grey8 or grey16"));
        }
    }

    /** Counts that are black and white, as {@link RangeChoice#parse} reads them. */
    public static final class OfRange implements ITypeConverter<RangeChoice> {
        @Override
        public RangeChoice convert(String text) {
            try {
                return RangeChoice.parse(text);
            } catch (InvalidInputException e) {
                throw new TypeConversionException(OneLine.of(e));
            }
        }
    }

    /** {@code MIN..MAX}. */
    static final class OfCountRange implements ITypeConverter<CountRange> {
        @Override
        public CountRange convert(String text) {
            try {
                return CountRange.parse(text);
            } catch (InvalidInputException e) {
                throw new TypeConversionException(OneLine.of(e));
            }
        }
    }

    /** {@code FILE} or {@code FILE:SCALE}. */
    static final class OfLora implements ITypeConverter<LoraSpec> {
        @Override
        public LoraSpec convert(String text) {
            try {
                return LoraSpec.parse(text);
            } catch (InvalidInputException e) {
                throw new TypeConversionException(OneLine.of(e));
            }
        }
    }

    /** {@code merged} or {@code unmerged}. */
    static final class OfLoraMode implements ITypeConverter<LoraMode> {
        @Override
        public LoraMode convert(String text) {
            return Stream.of(LoraMode.values())
                    .filter(mode -> name(mode).equals(text))
                    .findFirst()
                    .orElseThrow(() ->
                            new TypeConversionException("lora mode is '" + text + "', expected merged or unmerged"));
        }
    }

    /** {@code sum} or {@code mean-rank}. */
    static final class OfEnsemble implements ITypeConverter<Ensemble> {
        @Override
        public Ensemble convert(String text) {
            return Stream.of(Ensemble.values())
                    .filter(ensemble -> name(ensemble).equals(text))
                    .findFirst()
                    .orElseThrow(
                            () -> new TypeConversionException("ensemble is '" + text + "', expected sum or mean-rank"));
        }
    }

    /** A time above 0, such as {@code 90s}, {@code 5min} or {@code 1h}. */
    static final class OfDuration implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return Durations.parse(text)
                    .orElseThrow(() -> new TypeConversionException(
                            "time is '" + text + "', expected a number above 0 with s, min or h, such as 60s"));
        }
    }

    /**
     * A seed from -2^63 to 2^64 - 1, as {@code torch.Generator.manual_seed} takes it: its 64 bits, so that -1 and 2^64 - 1
     * are one seed.
     */
    public static final class OfSeed implements ITypeConverter<Long> {
        private static final Pattern WHOLE = Pattern.compile("[+-]?\\d{1,20}");
        private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
        private static final int BITS = 64;

        @Override
        public Long convert(String text) {
            if (WHOLE.matcher(text).matches()) {
                BigInteger seed = new BigInteger(text);
                if (seed.compareTo(LEAST) >= 0 && seed.bitLength() <= BITS) {
                    return seed.longValue();
                }
            }
            throw new TypeConversionException(
                    "seed is '" + text + "', expected a whole number from -2^63 to 2^64 - 1 (18446744073709551615)");
        }
    }

    /** As {@link OfSeed} reads it: from 0 to 2^64 - 1, as {@code torch.Generator.initial_seed} tells it. */
    public static BigInteger seed(long bits) {
        return new BigInteger(Long.toUnsignedString(bits));
    }

    /** As {@link OfEnsemble} reads it. */
    public static String name(Ensemble ensemble) {
        return ensemble.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** As {@link OfLoraMode} reads it. */
    static String name(LoraMode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }

    /** As {@link OfDType} reads it. */
    public static String name(DType dtype) {
        return dtype == DType.F32 ? "fp32" : "bf16";
    }
}
