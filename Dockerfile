# One image for every role: serve, worker, beat, and the commands that set up. It runs without root.
FROM python:3.11-slim AS build
WORKDIR /source
RUN python -m venv /opt/passerelle
COPY requirements-uv.txt requirements.lock ./
RUN /opt/passerelle/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
RUN python -m venv /opt/build && /opt/build/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements-uv.txt
COPY pyproject.toml README.md LICENCE ./
COPY schemas schemas
COPY matching matching
COPY service service
COPY workers workers
COPY seed seed
COPY console console
COPY bench bench
RUN PATH=/opt/build/bin:$PATH VIRTUAL_ENV=/opt/build uv build --quiet --wheel --no-build-isolation --out-dir /dist \
 && /opt/passerelle/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps /dist/*.whl

FROM python:3.11-slim
RUN useradd --uid 10001 --create-home --home-dir /data passerelle
COPY --from=build /opt/passerelle /opt/passerelle
ENV PATH=/opt/passerelle/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PASSERELLE_DATA_DIR=/data
USER passerelle
WORKDIR /data
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["passerelle"]
CMD ["serve", "--host", "0.0.0.0"]
