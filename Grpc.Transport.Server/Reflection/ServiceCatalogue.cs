using BlazorPluginAdmin.Grpc.Transport.Server.Reflection.V1;
using Google.Protobuf.Reflection;

namespace BlazorPluginAdmin.Grpc.Transport.Server.Reflection;

/// <summary>The services of this server, their files and symbols.</summary>
internal sealed class ServiceCatalogue
{
    private readonly IReadOnlyList<string> _services;
    private readonly Dictionary<string, FileDescriptor> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileDescriptor> _symbols = new(StringComparer.Ordinal);

    public ServiceCatalogue(IReadOnlyList<ServiceDescriptor> services)
    {
        _services = [.. services.Select(service => service.FullName).Order(StringComparer.Ordinal)];
        foreach (var service in services)
        {
            Add(service.File);
        }
    }

    public ServerReflectionResponse Answer(ServerReflectionRequest request)
    {
        var answer = new ServerReflectionResponse { ValidHost = request.Host, OriginalRequest = request };
        switch (request.MessageRequestCase)
        {
            case ServerReflectionRequest.MessageRequestOneofCase.ListServices:
                answer.ListServicesResponse = new ListServiceResponse { Service = { _services.Select(name => new ServiceResponse { Name = name }) } };
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileByFilename:
                Describe(answer, _files.GetValueOrDefault(request.FileByFilename), $"no file {request.FileByFilename}");
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol:
                Describe(answer, _symbols.GetValueOrDefault(request.FileContainingSymbol.TrimStart('.')), $"no symbol {request.FileContainingSymbol}");
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType when _symbols.ContainsKey(request.AllExtensionNumbersOfType):
                answer.AllExtensionNumbersResponse = new ExtensionNumberResponse { BaseTypeName = request.AllExtensionNumbersOfType };
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.None:
                answer.ErrorResponse = Error(StatusCode.InvalidArgument, "the request asks for nothing");
                break;
            default:
                answer.ErrorResponse = Error(StatusCode.NotFound, "this server has no such thing");
                break;
        }

        return answer;
    }

    private static void Describe(ServerReflectionResponse answer, FileDescriptor? file, string missing)
    {
        if (file is null)
        {
            answer.ErrorResponse = Error(StatusCode.NotFound, missing);
            return;
        }

        answer.FileDescriptorResponse = new FileDescriptorResponse();
        var pending = new Queue<FileDescriptor>([file]);
        var sent = new HashSet<string>(StringComparer.Ordinal);
        while (pending.TryDequeue(out var next))
        {
            if (!sent.Add(next.Name))
            {
                continue;
            }

            answer.FileDescriptorResponse.FileDescriptorProto.Add(next.SerializedData);
            foreach (var dependency in next.Dependencies)
            {
                pending.Enqueue(dependency);
            }
        }
    }

    private static ErrorResponse Error(StatusCode code, string text) => new() { ErrorCode = (int)code, ErrorMessage = text };

    private void Add(FileDescriptor file)
    {
        if (!_files.TryAdd(file.Name, file))
        {
            return;
        }

        foreach (var service in file.Services)
        {
            _symbols[service.FullName] = file;
            foreach (var method in service.Methods)
            {
                _symbols[method.FullName] = file;
            }
        }

        foreach (var type in file.MessageTypes)
        {
            Add(type);
        }

        foreach (var type in file.EnumTypes)
        {
            _symbols[type.FullName] = file;
        }

        foreach (var dependency in file.Dependencies)
        {
            Add(dependency);
        }
    }

    private void Add(MessageDescriptor type)
    {
        _symbols[type.FullName] = type.File;
        foreach (var nested in type.NestedTypes)
        {
            Add(nested);
        }

        foreach (var nested in type.EnumTypes)
        {
            _symbols[nested.FullName] = type.File;
        }
    }
}
