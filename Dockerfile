# One image for each process: docker build --target api|worker|simulators .
FROM ubuntu:26.04 AS sdk
RUN apt-get update && apt-get install -y --no-install-recommends dotnet-sdk-10.0 ca-certificates && rm -rf /var/lib/apt/lists/*

FROM sdk AS build
WORKDIR /source
COPY . .
RUN dotnet publish api/TemporalDelivery.Api.csproj -c Release -o /out/api \
 && dotnet publish worker/TemporalDelivery.Worker.csproj -c Release -o /out/worker \
 && dotnet publish simulators/TemporalDelivery.Simulators.csproj -c Release -o /out/simulators

FROM ubuntu:26.04 AS runtime
RUN apt-get update && apt-get install -y --no-install-recommends aspnetcore-runtime-10.0 ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /app
USER ubuntu

FROM runtime AS api
COPY --from=build /out/api .
ENTRYPOINT ["dotnet", "TemporalDelivery.Api.dll"]

FROM runtime AS worker
COPY --from=build /out/worker .
ENTRYPOINT ["dotnet", "TemporalDelivery.Worker.dll"]

FROM runtime AS simulators
COPY --from=build --chown=ubuntu /out/simulators .
RUN mkdir -p /app/ledgers
VOLUME /app/ledgers
ENTRYPOINT ["dotnet", "TemporalDelivery.Simulators.dll"]
