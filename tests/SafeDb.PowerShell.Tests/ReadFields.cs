using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace SafeDb.PowerShell.Tests;

/// <summary>Which static fields the code of an assembly reads.</summary>
internal static class ReadFields
{
    private const byte LoadStaticField = 0x7E;

    /// <summary>Full names of the fields of other or the same assembly that have this type's name in their signature and are read by any method.</summary>
    /// <param name="assembly">Path of the assembly.</param>
    /// <param name="fieldType">Name of the fields' type.</param>
    public static IEnumerable<string> Of(string assembly, string fieldType)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        MetadataReader metadata = file.GetMetadataReader();
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (MethodDefinition method in metadata.MethodDefinitions.Select(metadata.GetMethodDefinition).Where(method => method.RelativeVirtualAddress != 0))
        {
            ImmutableArray<byte> code = file.GetMethodBody(method.RelativeVirtualAddress).GetILContent();
            for (int at = code.IndexOf(LoadStaticField); at >= 0 && at + 4 < code.Length; at = code.IndexOf(LoadStaticField, at + 1))
            {
                // A byte that is no instruction may look like one; that its operand then is a field of this very type is out of the question.
                if (NameOf(metadata, BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(at + 1, 4)), fieldType) is { } name)
                    found.Add(name);
            }
        }

        return found;
    }

    private static string? NameOf(MetadataReader metadata, int token, string fieldType)
    {
        int row = token & 0xFFFFFF;
        switch ((HandleKind)(token >>> 24))
        {
            case HandleKind.FieldDefinition when row > 0 && row <= metadata.GetTableRowCount(TableIndex.Field):
                FieldDefinition field = metadata.GetFieldDefinition(MetadataTokens.FieldDefinitionHandle(row));
                TypeDefinition owner = metadata.GetTypeDefinition(field.GetDeclaringType());
                return IsOf(metadata, metadata.GetBlobReader(field.Signature), fieldType) ? Join(metadata, owner.Namespace, owner.Name, field.Name) : null;
            case HandleKind.MemberReference when row > 0 && row <= metadata.GetTableRowCount(TableIndex.MemberRef):
                MemberReference member = metadata.GetMemberReference(MetadataTokens.MemberReferenceHandle(row));
                if (member.GetKind() != MemberReferenceKind.Field || member.Parent.Kind != HandleKind.TypeReference || !IsOf(metadata, metadata.GetBlobReader(member.Signature), fieldType))
                    return null;
                TypeReference type = metadata.GetTypeReference((TypeReferenceHandle)member.Parent);
                return Join(metadata, type.Namespace, type.Name, member.Name);
            default:
                return null;
        }
    }

    private static bool IsOf(MetadataReader metadata, BlobReader signature, string fieldType)
    {
        if (signature.ReadSignatureHeader().Kind != SignatureKind.Field || signature.ReadSignatureTypeCode() != SignatureTypeCode.TypeHandle)
            return false;
        EntityHandle type = signature.ReadTypeHandle();
        return type.Kind switch
        {
            HandleKind.TypeReference => metadata.StringComparer.Equals(metadata.GetTypeReference((TypeReferenceHandle)type).Name, fieldType),
            HandleKind.TypeDefinition => metadata.StringComparer.Equals(metadata.GetTypeDefinition((TypeDefinitionHandle)type).Name, fieldType),
            _ => false,
        };
    }

    private static string Join(MetadataReader metadata, StringHandle space, StringHandle type, StringHandle name) => $"{metadata.GetString(space)}.{metadata.GetString(type)}.{metadata.GetString(name)}";
}
