using System.Globalization;
using System.Text;

namespace SafeDb.Migration.Authoring;

/// <summary>
/// A migration's name as its files have it: lower case, words joined by underscores, Latin letters without their marks, because every tool and file system agrees on those. Letters of other scripts stay.
/// </summary>
internal static class MigrationNames
{
    // Letters that Unicode does not take apart into a Latin one and a mark.
    private static readonly Dictionary<char, string> Latin = new()
    {
        ['ß'] = "ss", ['æ'] = "ae", ['œ'] = "oe", ['ø'] = "o", ['ł'] = "l", ['đ'] = "d", ['ð'] = "d", ['þ'] = "th", ['ħ'] = "h", ['ı'] = "i", ['ŋ'] = "n",
    };

    /// <summary>The name in files; refuses one that names a folder, or that has no letter and no digit.</summary>
    public static string Slug(string name)
    {
        if (name.AsSpan().ContainsAny('/', '\\'))
        {
            throw MigrationErrors.NameHasFolder.Exception(name);
        }

        var slug = new StringBuilder();
        foreach (char letter in name.ToLowerInvariant().Normalize(NormalizationForm.FormD))
        {
            // A mark of a Latin letter goes; in other scripts it is part of the word.
            bool isMark = CharUnicodeInfo.GetUnicodeCategory(letter) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
            if (isMark && slug.Length > 0 && slug[^1] != '_')
            {
                slug.Append(char.IsAscii(slug[^1]) ? string.Empty : letter.ToString());
            }
            else if (Latin.TryGetValue(letter, out string? plain))
            {
                slug.Append(plain);
            }
            else if (char.IsLetterOrDigit(letter))
            {
                slug.Append(letter);
            }
            else if (slug.Length > 0 && slug[^1] != '_')
            {
                slug.Append('_');
            }
        }

        string made = slug.ToString().Trim('_').Normalize(NormalizationForm.FormC);
        return made.Length == 0 ? throw MigrationErrors.NameInvalid.Exception(name) : made;
    }
}
