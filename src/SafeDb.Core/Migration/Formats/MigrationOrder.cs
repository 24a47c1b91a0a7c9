using System.Globalization;
using System.Numerics;

namespace SafeDb.Migration.Formats;

/// <summary>Checks and comparisons that the formats share.</summary>
internal static class MigrationOrder
{
    /// <summary>Numbers above this are dates, whose gaps mean nothing.</summary>
    private const int LargestCounter = 99_999;

    private static readonly CompareInfo English = CultureInfo.GetCultureInfo("en-US").CompareInfo;

    /// <summary>As JavaScript's localeCompare: linguistic, not by bytes.</summary>
    public static IComparer<string> Locale { get; } = Comparer<string>.Create((left, right) => English.Compare(left, right, CompareOptions.None));

    /// <summary>Reads digits.</summary>
    public static BigInteger Number(string digits) => BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Refuses two migrations of one number.</summary>
    public static void RefuseDuplicates<T>(IReadOnlyList<T> ordered, Func<T, object> key, Func<T, string> path)
    {
        for (int i = 1; i < ordered.Count; i++)
        {
            if (key(ordered[i]).Equals(key(ordered[i - 1])))
            {
                throw FormatErrors.Duplicate.Exception(path(ordered[i - 1]), path(ordered[i]), key(ordered[i]));
            }
        }
    }

    /// <summary>Refuses a hole in a sequence that counts 0, 1, 2… or 1, 2, 3….</summary>
    public static void RefuseGaps<T>(IReadOnlyList<T> ordered, Func<T, BigInteger> number, Func<T, string> path)
    {
        if (ordered.Count == 0 || number(ordered[0]) > 1 || number(ordered[^1]) > LargestCounter)
        {
            return;
        }

        for (int i = 1; i < ordered.Count; i++)
        {
            if (number(ordered[i]) != number(ordered[i - 1]) + 1)
            {
                throw FormatErrors.Gap.Exception(path(ordered[i - 1]), path(ordered[i]));
            }
        }
    }
}
